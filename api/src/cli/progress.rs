//! What a terminal shows while something takes long; elsewhere nothing. Where the count is known, a bar with figures.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read, Seek},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const TICK: Duration = Duration::from_millis(100);
const COUNTED: &str = "{msg} [{bar:30}] {human_pos} of {human_len}, {elapsed}";
const UNCOUNTED: &str = "{spinner} {msg} {elapsed}";

/// A spinner, where no count is known.
pub fn spinner(message: &'static str) -> ProgressBar {
    let bar = styled(ProgressBar::new_spinner(), UNCOUNTED, target());
    bar.set_message(message);
    bar
}

/// A bar up to `count`.
pub fn counted(message: &'static str, count: u64) -> ProgressBar {
    counted_on(message, count, target())
}

fn target() -> ProgressDrawTarget {
    if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

fn counted_on(message: &'static str, count: u64, target: ProgressDrawTarget) -> ProgressBar {
    let bar = styled(ProgressBar::new(count), COUNTED, target);
    bar.set_message(message);
    bar
}

fn styled(bar: ProgressBar, template: &str, target: ProgressDrawTarget) -> ProgressBar {
    let hidden = target.is_hidden();
    bar.set_draw_target(target);
    // The templates are constants; one that is wrong leaves the library's own.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if !hidden {
        bar.enable_steady_tick(TICK);
    }
    bar
}

/// A file that moves a bar on by each line that is read of it.
pub struct CountedLines<R> {
    from: R,
    bar: ProgressBar,
}

impl<R: Read> CountedLines<R> {
    /// Reads `from`, and tells `bar`.
    pub fn new(from: R, bar: ProgressBar) -> Self {
        Self { from, bar }
    }
}

impl<R: Read> Read for CountedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.bar.inc(newlines(&buffer[..read]));
        if self.bar.length().is_some_and(|all| self.bar.position() >= all) {
            self.bar.set_message("all rows read; checking and writing");
        }
        Ok(read)
    }
}

/// The lines of `file`, which is left at its beginning. A row is a line, unless a quoted value has several.
///
/// # Errors
/// When it cannot be read.
pub fn count_lines(file: &mut File) -> io::Result<u64> {
    let mut lines = 0;
    let mut reader = BufReader::with_capacity(1 << 16, &mut *file);
    loop {
        let part = reader.fill_buf()?;
        if part.is_empty() {
            break;
        }
        lines += newlines(part);
        let read = part.len();
        reader.consume(read);
    }
    file.rewind()?;
    Ok(lines)
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_bar_follows_the_lines_to_its_end() {
        let mut file = tempfile::tempfile().unwrap();
        (0..10_000).for_each(|n| writeln!(file, "p{n},Person {n}").unwrap());
        file.rewind().unwrap();
        let lines = count_lines(&mut file).unwrap();
        assert_eq!(lines, 10_000);
        let bar = counted_on("reading rows", lines, ProgressDrawTarget::hidden());
        let mut reader = CountedLines::new(file, bar.clone());
        let mut part = vec![0; 64 << 10];
        let read = reader.read(&mut part).unwrap();
        assert_eq!(bar.position(), newlines(&part[..read]));
        assert!(bar.position() > 100 && bar.position() < lines);
        assert_eq!(bar.message(), "reading rows");
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!(bar.position(), lines);
        assert_eq!(bar.message(), "all rows read; checking and writing");
    }
}
