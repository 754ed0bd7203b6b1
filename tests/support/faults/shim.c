/* Stands between a process and the C library, and spoils the k-th change of the files in one folder.
 *
 * Loaded with LD_PRELOAD, it leaves everything as it is until `fault_arm` is called (through ctypes, by the process
 * itself). Then it counts every write, truncation, removal and sync of a file in the folder, of the folder too. At the
 * k-th it does what it was armed for:
 *
 *   FAIL        the call fails with an error number, once
 *   STAY        so does every later one, as on a disk that stays full
 *   DIE         the process dies before the call
 *   TEAR        the process dies when half of a write is done
 *   LOSE_ALL    the power goes: whatever was not synced is lost, and the process dies
 *   LOSE_SOME   the same, but every other write that was not synced has reached the disk all the same
 *
 * For the last two it keeps what stood where something was written, until a sync of that file.
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

/* A write that was not synced: where it went, what stood there, and how long the file was. */
struct unsynced {
    dev_t device;
    ino_t inode;
    int file;
    off_t offset, size;
    size_t held;
    char *before;
    struct unsynced *earlier;
};

static struct {
    char folder[4096];
    long at, seen;
    int what, error;
} armed;
static struct unsynced *latest;

#define REAL(name, type) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)
typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);
typedef ssize_t (*write_type)(int, const void *, size_t);
typedef int (*sync_type)(int);
typedef int (*truncate_type)(int, off_t);
typedef int (*unlink_type)(const char *);

static ssize_t written(int file, const void *data, size_t size, off_t offset) {
    REAL("pwrite64", pwrite_type);
    return real(file, data, size, offset);
}

static int truncated(int file, off_t size) {
    REAL("ftruncate64", truncate_type);
    return real(file, size);
}

void fault_arm(const char *folder, long at, int what, int error) {
    snprintf(armed.folder, sizeof armed.folder, "%s", folder);
    armed.at = at, armed.seen = 0, armed.what = what, armed.error = error;
}

/* How many changes were counted since `fault_arm`. */
long fault_seen(void) { return armed.seen; }

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

/* Restores what was not synced, the latest first. */
static void lose(int every) {
    long number = 0;
    for (struct unsynced *each = latest; each; each = each->earlier) {
        struct stat now;
        if (number++ % every || fstat(each->file, &now) || now.st_ino != each->inode) continue;
        written(each->file, each->before, each->held, each->offset);
        /* The end of the file, unless something behind it has reached the disk. */
        if (every == 1) truncated(each->file, each->size);
    }
}

static void die(void) {
    kill(getpid(), SIGKILL);
    pause();
}

/* Counts a change; returns 0 if it is to be carried out, else the error number to fail with. */
static int counted(int is_write) {
    armed.seen++;
    if (!armed.at || armed.seen < armed.at || (armed.seen > armed.at && armed.what != STAY)) return 0;
    if (armed.what == FAIL || armed.what == STAY) return armed.error;
    if (armed.what == TEAR && is_write) return -1;
    if (armed.what == LOSE_ALL || armed.what == LOSE_SOME) lose(armed.what == LOSE_ALL ? 1 : 2);
    die();
    return 0;
}

static void remember(int file, size_t length, off_t offset) {
    struct stat now;
    if ((armed.what != LOSE_ALL && armed.what != LOSE_SOME) || fstat(file, &now)) return;
    struct unsynced *each = calloc(1, sizeof *each);
    each->device = now.st_dev, each->inode = now.st_ino, each->size = now.st_size;
    each->file = file, each->offset = offset, each->before = malloc(length + 1);
    ssize_t held = pread(file, each->before, length, offset);
    each->held = held < 0 ? 0 : (size_t)held;
    each->earlier = latest, latest = each;
}

static void forget(int file) {
    struct stat now;
    if (fstat(file, &now)) return;
    for (struct unsynced **each = &latest; *each;) {
        struct unsynced *one = *each;
        if (one->inode != now.st_ino || one->device != now.st_dev) { each = &one->earlier; continue; }
        *each = one->earlier;
        free(one->before), free(one);
    }
}

static ssize_t change(int file, const void *data, size_t size, off_t offset) {
    int error = counted(1);
    if (error < 0) {
        written(file, data, size / 2, offset);
        die();
    }
    if (error) return errno = error, -1;
    remember(file, size, offset);
    return written(file, data, size, offset);
}

ssize_t pwrite64(int file, const void *data, size_t size, off_t offset) {
    return is_watched_file(file) ? change(file, data, size, offset) : written(file, data, size, offset);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return pwrite64(file, data, size, offset); }

/* SQLite seeks and writes where it has no pwrite, and to make the index of its log longer. */
ssize_t write(int file, const void *data, size_t size) {
    REAL("write", write_type);
    if (!is_watched_file(file)) return real(file, data, size);
    off_t offset = lseek(file, 0, SEEK_CUR);
    ssize_t done = change(file, data, size, offset);
    if (done > 0) lseek(file, offset + done, SEEK_SET);
    return done;
}

int ftruncate64(int file, off_t size) {
    if (is_watched_file(file)) {
        int error = counted(0);
        if (error) return errno = error, -1;
        struct stat now;
        if (!fstat(file, &now) && now.st_size > size) remember(file, now.st_size - size, size);
    }
    return truncated(file, size);
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

static int synced(int file, sync_type real) {
    if (is_watched_file(file)) {
        int error = counted(0);
        if (error) return errno = error, -1;
        int done = real(file);
        if (!done) forget(file);
        return done;
    }
    return real(file);
}

int fdatasync(int file) {
    REAL("fdatasync", sync_type);
    return synced(file, real);
}

int fsync(int file) {
    REAL("fsync", sync_type);
    return synced(file, real);
}

int unlink(const char *path) {
    REAL("unlink", unlink_type);
    if (is_watched(path)) {
        int error = counted(0);
        if (error) return errno = error, -1;
    }
    return real(path);
}
