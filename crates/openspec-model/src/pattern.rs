//! Patterns of file names: `*`, `**`, `?`, `[…]` and `{a,b}`, as the CLI's glob library reads them.
//!
//! Case counts, a name that starts with a dot is met by a dot only, and `**` is any number of
//! folders when it stands alone between slashes.

/// Braces may stand for at most so many patterns.
const MOST_ALTERNATIVES: usize = 1000;

/// Why a pattern is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// `@(…)`, `!(…)` and their like.
    #[error("groups such as `@(a|b)` are not supported; write `{{a,b}}`")]
    Group,
    /// `{1..3}`.
    #[error("ranges such as `{{1..3}}` are not supported; write `{{1,2,3}}`")]
    Range,
    /// Braces that stand for very many patterns.
    #[error("the braces stand for more than {MOST_ALTERNATIVES} patterns")]
    TooMany,
}

/// Where files are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// One path.
    Plain(String),
    /// Paths with wildcards, one for each way to read the braces.
    Glob(Vec<Vec<Segment>>),
}

/// What one step of a path has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Exactly this name.
    Name(String),
    /// A name like this one.
    Like(Vec<Token>),
    /// Any number of folders.
    Deep,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    One(char),
    AnyOne,
    Any,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Self, PatternFault> {
        if has_group(text) {
            return Err(PatternFault::Group);
        }
        let mut alternatives = Vec::new();
        expand(text, &mut alternatives)?;
        if alternatives.len() == 1 && !text.contains(['*', '?', '[']) {
            return Ok(Self::Plain(text.to_owned()));
        }
        Ok(Self::Glob(
            alternatives.iter().map(|text| segments(text)).collect(),
        ))
    }
}

impl Segment {
    /// Whether the name of a file or folder meets this segment.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Name(wanted) => wanted == name,
            Self::Deep => !name.starts_with('.'),
            Self::Like(tokens) => {
                let dot_asked = tokens.first() == Some(&Token::One('.'));
                (dot_asked || !name.starts_with('.')) && tokens_match(tokens, name)
            }
        }
    }
}

/// `!( *( +( ?( @(` with a closing parenthesis somewhere after.
fn has_group(text: &str) -> bool {
    text.match_indices('(')
        .any(|(at, _)| text[..at].ends_with(['!', '*', '+', '?', '@']) && text[at..].contains(')'))
}

/// Writes out the first braces that hold a comma, then the rest of each.
fn expand(text: &str, into: &mut Vec<String>) -> Result<(), PatternFault> {
    let Some((before, parts, after)) = first_braces(text)? else {
        if into.len() == MOST_ALTERNATIVES {
            return Err(PatternFault::TooMany);
        }
        into.push(text.to_owned());
        return Ok(());
    };
    for part in parts {
        expand(&format!("{before}{part}{after}"), into)?;
    }
    Ok(())
}

type Braces<'a> = (&'a str, Vec<&'a str>, &'a str);

fn first_braces(text: &str) -> Result<Option<Braces<'_>>, PatternFault> {
    for (open, _) in text.match_indices('{') {
        let (mut depth, mut commas) = (0_usize, Vec::new());
        for (at, c) in text[open..].char_indices().map(|(at, c)| (open + at, c)) {
            match c {
                '{' => depth += 1,
                ',' if depth == 1 => commas.push(at),
                '}' => depth -= 1,
                _ => {}
            }
            if depth > 0 {
                continue;
            }
            let inside = &text[open + 1..at];
            if commas.is_empty() && inside.contains("..") {
                return Err(PatternFault::Range);
            }
            if commas.is_empty() {
                break;
            }
            let starts = std::iter::once(open).chain(commas.iter().copied());
            let ends = commas.iter().copied().chain([at]);
            let parts = starts
                .zip(ends)
                .map(|(start, end)| &text[start + 1..end])
                .collect();
            return Ok(Some((&text[..open], parts, &text[at + 1..])));
        }
    }
    Ok(None)
}

fn segments(text: &str) -> Vec<Segment> {
    let mut segments: Vec<Segment> = text
        .split('/')
        .filter(|step| !step.is_empty() && *step != ".")
        .map(segment)
        .collect();
    // `work/**` asks for the files in all folders, so for any name in them.
    if segments.last() == Some(&Segment::Deep) {
        segments.push(Segment::Like(vec![Token::Any]));
    }
    segments
}

fn segment(text: &str) -> Segment {
    if text == "**" {
        return Segment::Deep;
    }
    if !text.contains(['*', '?', '[', '\\']) {
        return Segment::Name(text.to_owned());
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        tokens.push(match c {
            '*' => Token::Any,
            '?' => Token::AnyOne,
            '[' => match class(rest) {
                Some((token, after)) => {
                    rest = after;
                    token
                }
                None => Token::One('['),
            },
            '\\' => match rest.chars().next() {
                Some(escaped) => {
                    rest = &rest[escaped.len_utf8()..];
                    Token::One(escaped)
                }
                None => Token::One('\\'),
            },
            other => Token::One(other),
        });
    }
    Segment::Like(tokens)
}

/// Reads a class after its `[`. A `]` right at the start is one of its members.
fn class(text: &str) -> Option<(Token, &str)> {
    let (negated, members) = match text.strip_prefix(['!', '^']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let first = members.chars().next()?.len_utf8();
    let end = first + members[first..].find(']')?;
    let mut ranges = Vec::new();
    let mut chars = members[..end].chars().peekable();
    while let Some(low) = chars.next() {
        let mut ahead = chars.clone();
        match (ahead.next(), ahead.next()) {
            (Some('-'), Some(high)) => {
                ranges.push((low, high));
                chars = ahead;
            }
            _ => ranges.push((low, low)),
        }
    }
    Some((Token::Class { negated, ranges }, &members[end + 1..]))
}

/// Greedy, going back to the last `*` only, which is enough and keeps it quick.
fn tokens_match(tokens: &[Token], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut star = None;
    while at < name.len() {
        match tokens.get(token) {
            Some(Token::Any) => {
                star = Some((token, at));
                token += 1;
                continue;
            }
            Some(one) if one_matches(one, name[at]) => {
                token += 1;
                at += 1;
                continue;
            }
            _ => {}
        }
        let Some((star_token, star_at)) = star else {
            return false;
        };
        star = Some((star_token, star_at + 1));
        token = star_token + 1;
        at = star_at + 1;
    }
    tokens[token..].iter().all(|token| *token == Token::Any)
}

fn one_matches(token: &Token, c: char) -> bool {
    match token {
        Token::One(wanted) => *wanted == c,
        Token::AnyOne | Token::Any => true,
        Token::Class { negated, ranges } => {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
        }
    }
}

#[cfg(test)]
mod tests;
