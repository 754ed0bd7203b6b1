//! Catches panics at the border: nothing is printed, and the location is stored.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo, UnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread will be caught and reported as an exception.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// The location of the last guarded panic of this thread.
    static LOCATION: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// `file:line:column`, empty if the panic came from a worker of the pool.
    pub(crate) location: String,
}

/// Runs `work`; a panic in it prints nothing and is returned.
pub(crate) fn caught<R>(work: impl FnOnce() -> R + UnwindSafe) -> Result<R, Fault> {
    let previous = GUARDED.replace(true);
    let result = panic::catch_unwind(work);
    GUARDED.set(previous);
    result.map_err(|payload| Fault { message: message(&*payload), location: LOCATION.take() })
}

/// Silences the panics of this thread permanently: for workers of the pool, whose panics surface in the waiting thread.
pub(crate) fn guard_this_thread() {
    GUARDED.set(true);
}

/// Installs a panic hook that is silent for guarded panics and calls the previous hook for others; once, at import.
/// Every native module has its own hook, so this one does not see panics of other modules.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| if GUARDED.get() { remember_location(info) } else { previous(info) }));
    });
}

fn remember_location(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    LOCATION.set(location);
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
