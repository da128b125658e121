//! A board as columns in a terminal.

use super::board::{BoardView, CardView, Column};
use super::safe::safe;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// A column is not made narrower than this while it can go into a row below.
const NARROWEST: usize = 22;

/// A column is not made wider than this: names are rarely longer.
const WIDEST: usize = 40;

/// The blanks between two columns.
const GAP: usize = 2;

/// How long the bar of a card is.
const BAR: usize = 10;

/// The least a column can do with: a bar and its counts. A terminal may be narrower.
const LEAST: usize = 2 * BAR;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOING: Style = AnsiColor::Cyan.on_default();
const COMPLETE: Style = AnsiColor::Green.on_default();

/// How much room there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Columns of text.
    pub(crate) width: usize,
    /// The most cards of a list that are shown; the others are counted.
    pub(crate) cards: usize,
}

/// Renders a board: its names, then its [`lists`] and an empty line between.
///
/// Names are made harmless, measured as a terminal shows them and cut where they are too long.
/// Colours are ANSI sequences, to be dropped where the text does not go to a terminal.
pub(crate) fn render(view: &BoardView<'_>, room: Room) -> String {
    let name = safe(&format!("{} / {}", view.project, view.board));
    let server = safe(&view.server);
    let lists = lists(view, room);
    format!("{STRONG}{name}{STRONG:#} {FAINT}on {server}{FAINT:#}\n\n{lists}")
}

/// Renders the lists of a board: as many side by side as fit, the others below.
pub(crate) fn lists(view: &BoardView<'_>, room: Room) -> String {
    if view.columns.is_empty() {
        return "no lists\n".into();
    }
    let (across, width) = grid(view.columns.len(), room.width);
    let rows = view.columns.chunks(across);
    let rows = rows.map(|row| {
        let columns: Vec<_> = row
            .iter()
            .map(|column| cells(column, width, room.cards))
            .collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        let lines = (0..height).map(|line| {
            let cells = columns.iter().map(|cells| cells.get(line));
            side_by_side(cells, width)
        });
        lines.collect()
    });
    rows.collect::<Vec<String>>().join("\n")
}

/// Divides the width: how many columns go side by side, and how wide each is.
///
/// What has to go into several rows is spread evenly over them.
fn grid(columns: usize, width: usize) -> (usize, usize) {
    let fitting = ((width + GAP) / (NARROWEST + GAP)).clamp(1, columns);
    let rows = columns.div_ceil(fitting);
    let across = columns.div_ceil(rows);
    let each = ((width + GAP) / across).saturating_sub(GAP);
    (across, each.clamp(LEAST, WIDEST))
}

/// A line of one column, and how wide a terminal shows it.
#[derive(Debug, Default)]
struct Cell {
    text: String,
    width: usize,
}

impl Cell {
    fn new(style: Style, text: &str) -> Self {
        Self::default().and(style, text)
    }

    fn and(mut self, style: Style, text: &str) -> Self {
        self.width += text.width();
        let _ = write!(self.text, "{style}{text}{style:#}");
        self
    }
}

fn side_by_side<'a>(cells: impl Iterator<Item = Option<&'a Cell>>, width: usize) -> String {
    let mut text = String::new();
    let mut owed = 0;
    for cell in cells {
        if let Some(cell) = cell.filter(|cell| cell.width > 0) {
            let _ = write!(text, "{:owed$}{}", "", cell.text);
            owed = (width + GAP).saturating_sub(cell.width);
        } else {
            owed += width + GAP;
        }
    }
    text.push('\n');
    text
}

fn cells(column: &Column<'_>, width: usize, most: usize) -> Vec<Cell> {
    let count = format!(" {}", column.cards.len());
    let name = cut(&safe(column.name), width.saturating_sub(count.len()));
    let mut cells = vec![
        Cell::new(STRONG, &name).and(FAINT, &count),
        Cell::new(FAINT, &"─".repeat(width)),
    ];
    for (number, card) in column.cards.iter().take(most).enumerate() {
        if number > 0 {
            cells.push(Cell::default());
        }
        cells.extend(lines(card, width));
    }
    let more = column.cards.len().saturating_sub(most);
    if more > 0 {
        cells.extend([
            Cell::default(),
            Cell::new(FAINT, &format!("… and {more} more")),
        ]);
    }
    if column.cards.is_empty() {
        cells.push(Cell::new(FAINT, "no cards"));
    }
    cells
}

fn lines(card: &CardView<'_>, width: usize) -> Vec<Cell> {
    let name = Cell::new(Style::new(), &cut(&safe(card.name), width));
    match card.progress() {
        (_, 0) => vec![name],
        (done, all) => {
            let filled = filled(done, all);
            let style = if done == all { COMPLETE } else { GOING };
            let bar = Cell::new(style, &"━".repeat(filled)).and(FAINT, &"─".repeat(BAR - filled));
            vec![name, bar.and(FAINT, &format!(" {done}/{all}"))]
        }
    }
}

/// Returns how much of the bar is filled: all of it only at the end, and something from the start.
fn filled(done: usize, all: usize) -> usize {
    let share = (done * BAR) / all;
    share.max(usize::from(done > 0))
}

/// Cuts text so that a terminal shows it within `width`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let ends = text.char_indices().map(|(at, _)| at);
    let fits = |end: &usize| text[..*end].width() < width;
    let end = ends.take_while(fits).last().unwrap_or(0);
    // Half of a joined emoji would join the dots to it.
    format!("{}…", text[..end].trim_end_matches('\u{200d}').trim_end())
}

#[cfg(test)]
mod tests;
