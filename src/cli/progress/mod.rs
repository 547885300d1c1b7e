//! How does a person see that the work goes on?
//!
//! On a terminal a bar shows it, and what is going on right now; elsewhere a line now and then does. Both stand on
//! the standard error output, and neither with `--quiet`.

mod course;
mod lines;
mod place;

use std::fmt;
use std::io::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use tokio::task::AbortHandle;

use self::course::{Course, cut};
use self::lines::Lines;
use self::place::Place;
use super::console::tame;
use crate::language::translated;
use crate::suite::{Happening, Progress};

/// How often a bar is drawn.
const PACE: Duration = Duration::from_millis(100);

/// How often it is looked whether a line is due.
const LOOK: Duration = Duration::from_secs(1);

/// How long a wait may last before it is worth a word.
const SILENT_WAIT: Duration = Duration::from_secs(1);

/// How long wiping a bar may take before a panic is told.
const WIPING: Duration = Duration::from_millis(500);

/// How many lines a bar has below it at most. More could not be read while they change.
const ROWS: usize = 4;

/// How much of a line is shown.
const LINE: usize = 1000;

/// The size of a terminal that does not say it.
const SIZE: (usize, usize) = (80, 24);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Things {
    /// Those of the feature files.
    Scenarios,
    /// Those that are drawn.
    Sequences,
}

/// Shows how far the work has come for as long as it lives; where it has been there is nothing left.
#[derive(Debug)]
pub(super) struct Board(Kind);

#[derive(Debug)]
enum Kind {
    Bar(ProgressBar, Arc<Mutex<Course>>),
    Lines(Arc<Mutex<Lines>>, AbortHandle),
    Nothing,
}

impl Board {
    /// Shows nothing.
    pub(super) fn nothing() -> Self {
        Self(Kind::Nothing)
    }

    /// Shows a bar where that can be done, else lines.
    pub(super) fn of(things: Things, against: &str) -> Self {
        let now = Instant::now();
        let course = Course::new(things, now);
        match Place::find() {
            Some(target) => Self::bar(course, target),
            None => Self::lines(Lines::new(course, against, now)),
        }
    }

    fn bar(course: Course, target: ProgressDrawTarget) -> Self {
        let course = Arc::new(Mutex::new(course));
        let (standing, rows) = (Arc::clone(&course), Arc::clone(&course));
        let (template, beside) = match size().0 {
            60.. => ("[{bar:24}] {standing}{rows}", 27),
            50.. => ("[{bar:10}] {standing}{rows}", 13),
            _ => ("{standing}{rows}", 0),
        };
        // A template that cannot be read would only cost the bar.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style
            // Box-drawing characters are as wide as two on terminals of people who write Chinese.
            .progress_chars("=> ")
            .with_key("standing", move |_: &ProgressState, text: &mut dyn fmt::Write| {
                let line = held(&standing).standing(Instant::now());
                put(text, &cut(&line, room().saturating_sub(beside)));
            })
            .with_key("rows", move |_: &ProgressState, text: &mut dyn fmt::Write| {
                let (now, most) = (Instant::now(), ROWS.min(size().1.saturating_sub(2)));
                for row in held(&rows).rows(now, room(), most) {
                    put(text, &format!("\n{row}"));
                }
            });
        let bar = ProgressBar::with_draw_target(None, target).with_style(style);
        clear_before_a_panic(&bar);
        Self(Kind::Bar(bar, course))
    }

    fn lines(lines: Lines) -> Self {
        let lines = Arc::new(Mutex::new(lines));
        let looked_at = Arc::clone(&lines);
        let looking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                let mut lines = held(&looked_at);
                say(lines.look(Instant::now()));
            }
        });
        Self(Kind::Lines(lines, looking.abort_handle()))
    }

    /// Returns what hears of the progress that is to be shown.
    pub(super) fn progress(&self) -> Option<Progress> {
        match &self.0 {
            Kind::Bar(bar, course) => {
                let (bar, course) = (bar.clone(), Arc::clone(course));
                Some(Progress::new(move |happening| {
                    let (total, done) = {
                        let mut course = held(&course);
                        course.hear(happening, Instant::now());
                        (course.total(), course.done())
                    };
                    // Not while the course is held: the bar looks at it when it is drawn.
                    if let Happening::Planned(_) = happening {
                        bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
                        bar.enable_steady_tick(PACE);
                    }
                    bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
                }))
            }
            Kind::Lines(lines, _) => {
                let lines = Arc::clone(lines);
                Some(Progress::new(move |happening| {
                    let mut lines = held(&lines);
                    say(lines.hear(happening, Instant::now()));
                }))
            }
            Kind::Nothing => None,
        }
    }

    /// Returns the bar, for whoever has something to print meanwhile.
    pub(super) fn drawn(&self) -> Option<ProgressBar> {
        match &self.0 {
            Kind::Bar(bar, _) => Some(bar.clone()),
            Kind::Lines(..) | Kind::Nothing => None,
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        match &self.0 {
            Kind::Bar(bar, _) => bar.finish_and_clear(),
            Kind::Lines(_, looking) => looking.abort(),
            Kind::Nothing => {}
        }
    }
}

/// Waits for something, and shows on a terminal what it is, which is a marked text, when it takes long.
pub(super) async fn patiently<T>(what: &'static str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if let Ok(done) = tokio::time::timeout(SILENT_WAIT, &mut work).await {
        return done;
    }
    let _spinner = Spinner::of(translated(what));
    work.await
}

/// Shows that something is waited for, for as long as it lives.
#[derive(Debug)]
struct Spinner(Option<ProgressBar>);

impl Spinner {
    fn of(what: String) -> Self {
        Self(Place::find().map(|target| {
            let style = ProgressStyle::with_template("{spinner} {what}, {elapsed}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
            let style = style.tick_chars("|/-\\ ").with_key(
                "what",
                move |_: &ProgressState, text: &mut dyn fmt::Write| {
                    put(text, &cut(&what, room().saturating_sub(10)));
                },
            );
            let spinner = ProgressBar::with_draw_target(None, target).with_style(style);
            clear_before_a_panic(&spinner);
            spinner.enable_steady_tick(PACE);
            spinner
        }))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(spinner) = &self.0 {
            spinner.finish_and_clear();
        }
    }
}

/// Tells whether there is a terminal to draw on.
pub(super) fn can_draw() -> bool {
    Place::find().is_some()
}

/// Returns the columns and the lines of the terminal.
fn size() -> (usize, usize) {
    let size = terminal_size::terminal_size_of(std::io::stderr());
    size.map_or(SIZE, |(columns, lines)| (usize::from(columns.0), usize::from(lines.0)))
}

/// Returns how many columns a line may fill. Two are left for what a terminal shows for Ctrl-C, and one because some
/// terminals begin a new line behind the last.
fn room() -> usize {
    size().0.saturating_sub(3)
}

/// Lets the message of a panic stand on lines of its own, which are not wiped with the bar.
fn clear_before_a_panic(bar: &ProgressBar) {
    let (bar, before) = (bar.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        wipe(&bar);
        before(panic);
    }));
}

/// Takes a bar away for whoever panics. Such a thread draws nothing, and it may hold what drawing takes; so another one
/// clears the bar, and is not waited for without end.
fn wipe(bar: &ProgressBar) {
    let (bar, (done, cleared)) = (bar.clone(), mpsc::channel());
    std::thread::spawn(move || {
        bar.finish_and_clear();
        done.send(()).unwrap_or_default();
    });
    cleared.recv_timeout(WIPING).unwrap_or_default();
}

/// Says a line, if there is one.
fn say(line: Option<String>) {
    if let Some(line) = line {
        // A side channel that cannot be written to must not end the work.
        let line = tr!("progress: {line}", line = tame(&line, LINE));
        writeln!(std::io::stderr(), "{line}").unwrap_or_default();
    }
}

/// Writes into a line that is being drawn, which cannot fail.
fn put(text: &mut dyn fmt::Write, more: &str) {
    text.write_str(more).unwrap_or_default();
}

/// What a thread that panicked has left is still good enough to be shown.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::io;
    use std::sync::{Arc, Mutex, OnceLock, mpsc};
    use std::time::Duration;

    use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

    use super::{held, wipe};

    /// A terminal that remembers what its lines hold.
    #[derive(Clone, Debug, Default)]
    struct Terminal(Arc<Mutex<String>>);

    impl Terminal {
        fn shown(&self) -> String {
            held(&self.0).trim().to_owned()
        }
    }

    impl TermLike for Terminal {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            held(&self.0).push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            held(&self.0).clear();
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn bar_on(terminal: &Terminal) -> ProgressBar {
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255);
        ProgressBar::with_draw_target(Some(10), target)
    }

    #[test]
    fn nothing_is_left_of_a_bar_when_a_panic_is_told() {
        let terminal = Terminal::default();
        let bar = bar_on(&terminal).with_style(ProgressStyle::with_template("under way {pos}").unwrap());
        bar.tick();
        assert_eq!(terminal.shown(), "under way 0");
        wipe(&bar);
        assert_eq!(terminal.shown(), "");
    }

    #[test]
    fn a_panic_in_the_middle_of_drawing_is_told_all_the_same() {
        let own = Arc::new(OnceLock::<ProgressBar>::new());
        let (wiped, told) = mpsc::channel();
        let drawn = Arc::clone(&own);
        let style = ProgressStyle::with_template("{breaks}").unwrap().with_key(
            "breaks",
            move |_: &ProgressState, _: &mut dyn fmt::Write| {
                if let Some(bar) = drawn.get() {
                    wipe(bar);
                    wiped.send(()).unwrap_or_default();
                }
            },
        );
        let bar = bar_on(&Terminal::default()).with_style(style);
        own.set(bar.clone()).unwrap();
        std::thread::spawn(move || bar.tick());
        told.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}
