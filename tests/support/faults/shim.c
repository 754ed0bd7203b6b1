/* Intercepts calls to the C library, and injects a fault at the k-th change of the files in one folder.
 *
 * The library is loaded with LD_PRELOAD. It does nothing until the process calls `fault_arm` (through ctypes). Then it
 * counts every write, truncation, removal and sync of a file in the folder, and every sync of the folder itself. At the
 * k-th change it injects one of these faults:
 *
 *   FAIL        this call fails with an error number
 *   STAY        this call and all later ones fail, as on a disk that stays full
 *   DIE         the process dies before the call
 *   TEAR        the process dies after half of a write
 *   LOSE_ALL    power failure: everything that was not synced is lost, and the process dies
 *   LOSE_SOME   the same, but every other write that was not synced has reached the disk
 *
 * For the last two it saves the previous content of each written range until the file is synced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAIL = 1, STAY, DIE, TEAR, LOSE_ALL, LOSE_SOME };

/* A write that is not synced yet: its position, the previous content, and the previous size of the file. */
struct unsynced {
    dev_t device;
    ino_t inode;
    int file;
    off_t offset, size;
    size_t saved_size;
    char *saved;
    struct unsynced *next;
};

static struct {
    char folder[4096];
    long at, changes;
    int fault, error;
} armed;
static struct unsynced *latest;

#define REAL(name, type) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)
typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);
typedef ssize_t (*write_type)(int, const void *, size_t);
typedef int (*sync_type)(int);
typedef int (*truncate_type)(int, off_t);
typedef int (*unlink_type)(const char *);

static ssize_t real_write(int file, const void *data, size_t size, off_t offset) {
    REAL("pwrite64", pwrite_type);
    return real(file, data, size, offset);
}

static int real_truncate(int file, off_t size) {
    REAL("ftruncate64", truncate_type);
    return real(file, size);
}

void fault_arm(const char *folder, long at, int fault, int error) {
    snprintf(armed.folder, sizeof armed.folder, "%s", folder);
    armed.at = at, armed.changes = 0, armed.fault = fault, armed.error = error;
}

/* Returns the number of changes since `fault_arm`. */
long fault_changes(void) { return armed.changes; }

static int is_watched(const char *path) {
    size_t length = strlen(armed.folder);
    return length && !strncmp(path, armed.folder, length) && (path[length] == '/' || !path[length]);
}

static int is_watched_file(int file) {
    char link[64], path[4096];
    if (!armed.folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_watched(path);
}

/* Restores the previous content of writes that were not synced, the latest first: of all, or of every `every`-th. */
static void discard_unsynced(int every) {
    long number = 0;
    for (struct unsynced *entry = latest; entry; entry = entry->next) {
        struct stat now;
        if (number++ % every || fstat(entry->file, &now) || now.st_ino != entry->inode) continue;
        real_write(entry->file, entry->saved, entry->saved_size, entry->offset);
        /* Restores the size too, unless a later write has reached the disk. */
        if (every == 1) real_truncate(entry->file, entry->size);
    }
}

static void die(void) {
    kill(getpid(), SIGKILL);
    pause();
}

/* Counts a change. Returns 0 if it is to be carried out, -1 for half a write, else the error number to fail with. */
static int count_change(int is_write) {
    armed.changes++;
    if (!armed.at || armed.changes < armed.at || (armed.changes > armed.at && armed.fault != STAY)) return 0;
    if (armed.fault == FAIL || armed.fault == STAY) return armed.error;
    if (armed.fault == TEAR && is_write) return -1;
    if (armed.fault == LOSE_ALL || armed.fault == LOSE_SOME) discard_unsynced(armed.fault == LOSE_ALL ? 1 : 2);
    die();
    return 0;
}

static void save_previous(int file, size_t length, off_t offset) {
    struct stat now;
    if ((armed.fault != LOSE_ALL && armed.fault != LOSE_SOME) || fstat(file, &now)) return;
    struct unsynced *entry = calloc(1, sizeof *entry);
    entry->device = now.st_dev, entry->inode = now.st_ino, entry->size = now.st_size;
    entry->file = file, entry->offset = offset, entry->saved = malloc(length + 1);
    ssize_t saved_size = pread(file, entry->saved, length, offset);
    entry->saved_size = saved_size < 0 ? 0 : (size_t)saved_size;
    entry->next = latest, latest = entry;
}

static void forget_synced(int file) {
    struct stat now;
    if (fstat(file, &now)) return;
    for (struct unsynced **link = &latest; *link;) {
        struct unsynced *entry = *link;
        if (entry->inode != now.st_ino || entry->device != now.st_dev) { link = &entry->next; continue; }
        *link = entry->next;
        free(entry->saved), free(entry);
    }
}

static ssize_t change(int file, const void *data, size_t size, off_t offset) {
    int error = count_change(1);
    if (error < 0) {
        real_write(file, data, size / 2, offset);
        die();
    }
    if (error) return errno = error, -1;
    save_previous(file, size, offset);
    return real_write(file, data, size, offset);
}

ssize_t pwrite64(int file, const void *data, size_t size, off_t offset) {
    return is_watched_file(file) ? change(file, data, size, offset) : real_write(file, data, size, offset);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return pwrite64(file, data, size, offset); }

/* SQLite seeks and writes if it has no pwrite, and to extend the index of its log. */
ssize_t write(int file, const void *data, size_t size) {
    REAL("write", write_type);
    if (!is_watched_file(file)) return real(file, data, size);
    off_t offset = lseek(file, 0, SEEK_CUR);
    ssize_t written = change(file, data, size, offset);
    if (written > 0) lseek(file, offset + written, SEEK_SET);
    return written;
}

int ftruncate64(int file, off_t size) {
    if (is_watched_file(file)) {
        int error = count_change(0);
        if (error) return errno = error, -1;
        struct stat now;
        if (!fstat(file, &now) && now.st_size > size) save_previous(file, now.st_size - size, size);
    }
    return real_truncate(file, size);
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

static int sync_file(int file, sync_type real) {
    if (is_watched_file(file)) {
        int error = count_change(0);
        if (error) return errno = error, -1;
        int status = real(file);
        if (!status) forget_synced(file);
        return status;
    }
    return real(file);
}

int fdatasync(int file) {
    REAL("fdatasync", sync_type);
    return sync_file(file, real);
}

int fsync(int file) {
    REAL("fsync", sync_type);
    return sync_file(file, real);
}

int unlink(const char *path) {
    REAL("unlink", unlink_type);
    if (is_watched(path)) {
        int error = count_change(0);
        if (error) return errno = error, -1;
    }
    return real(path);
}
