//! What is within a line: marks pair up, and what pairs with nothing is text.

use super::token::{Mark, Token, tokens};
use super::{Inline, Reading, address, work};

/// Marks that may wait for their other half; the oldest of more becomes text.
pub(super) const OPEN: usize = 10;

pub(super) fn inlines(text: &str, reading: Reading) -> Vec<Inline> {
    let mut tree = Tree { done: Vec::new(), frames: Vec::new() };
    for token in tokens(text, reading) {
        work(1);
        tree.handle_token(token);
    }
    tree.fold_to(0);
    tree.done
}

/// The text of what is within a line.
pub(super) fn say(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Strike(inner) => say(inner, out),
            Inline::Link { label, .. } => say(label, out),
            Inline::Break => out.push('\n'),
        }
    }
}

/// What the tokens become.
struct Tree {
    done: Vec<Inline>,
    /// What is open, the outermost first.
    frames: Vec<Frame>,
}

struct Frame {
    opener: Opener,
    inner: Vec<Inline>,
}

enum Opener {
    Mark(Mark),
    Label(String),
}

impl Tree {
    fn handle_token(&mut self, token: Token) {
        match token {
            Token::Text(text) => self.push(Inline::Text(text)),
            Token::Code(code) => self.push(Inline::Code(code)),
            Token::Break => self.push(Inline::Break),
            Token::Mark(mark) => self.handle_mark(mark),
            Token::Bracket(_, Some(address)) => self.open(Opener::Label(address)),
            Token::Bracket(text, None) => self.push(Inline::Text(text.into())),
            Token::Address(address, text) => {
                let text = Inline::Text(text);
                let is_within = self.label().is_some();
                self.push(if is_within { text } else { Inline::Link { address, label: vec![text] } });
            }
            Token::LabelEnd => self.end_label(),
        }
    }

    /// The frame of the label that is open.
    fn label(&self) -> Option<usize> {
        self.frames.iter().rposition(|frame| matches!(frame.opener, Opener::Label(_)))
    }

    fn handle_mark(&mut self, mut mark: Mark) {
        while mark.closes && mark.left > 0 {
            let Some(at) = self.frames.iter().rposition(|frame| frame.opener.pairs(&mark)) else { break };
            if self.label().is_some_and(|label| label > at) {
                break;
            }
            self.fold_to(at + 1);
            let Some(Frame { opener: Opener::Mark(opener), inner }) = self.frames.last_mut() else { break };
            let both = if opener.left >= 2 && mark.left >= 2 { 2 } else { 1 };
            opener.left -= both;
            mark.left -= both;
            let is_used = opener.left == 0;
            let content = core::mem::take(inner);
            if is_used {
                self.frames.pop();
            }
            self.push(match (mark.byte, both) {
                (b'~', _) => Inline::Strike(content),
                (_, 2) => Inline::Strong(content),
                _ => Inline::Emphasis(content),
            });
        }
        if mark.left > 0 && mark.opens {
            self.open(Opener::Mark(mark));
        } else {
            self.push_marks(&mark);
        }
    }

    fn open(&mut self, opener: Opener) {
        if self.frames.len() > OPEN {
            // A label is never given up: it is known to end.
            let oldest = usize::from(matches!(self.frames.first(), Some(Frame { opener: Opener::Label(_), .. })));
            self.give_up(oldest);
        }
        self.frames.push(Frame { opener, inner: Vec::new() });
    }

    fn end_label(&mut self) {
        let Some(at) = self.label() else { return };
        self.fold_to(at + 1);
        let Some(Frame { opener: Opener::Label(address), inner }) = self.frames.pop() else { return };
        let mut said = String::new();
        say(&inner, &mut said);
        work(said.len());
        let is_misleading = address::is_other(&said, &address);
        let label = if is_misleading { vec![Inline::Text(address.clone())] } else { inner };
        self.push(Inline::Link { address, label });
    }

    /// What is open from `depth` on becomes text.
    fn fold_to(&mut self, depth: usize) {
        while self.frames.len() > depth {
            self.give_up(self.frames.len() - 1);
        }
    }

    /// The mark that opened this frame becomes text.
    fn give_up(&mut self, at: usize) {
        let frame = self.frames.remove(at);
        let outer = match at.checked_sub(1).and_then(|at| self.frames.get_mut(at)) {
            Some(frame) => &mut frame.inner,
            None => &mut self.done,
        };
        if let Opener::Mark(mark) = &frame.opener {
            push(outer, Inline::Text(mark.text()));
        }
        for inline in frame.inner {
            push(outer, inline);
        }
    }

    fn push_marks(&mut self, mark: &Mark) {
        if mark.left > 0 {
            self.push(Inline::Text(mark.text()));
        }
    }

    fn push(&mut self, inline: Inline) {
        let into = self.frames.last_mut().map_or(&mut self.done, |frame| &mut frame.inner);
        push(into, inline);
    }
}

impl Opener {
    fn pairs(&self, closer: &Mark) -> bool {
        let Self::Mark(opener) = self else { return false };
        // CommonMark: where one of the runs could be either half, `*a**b*` is not three.
        let is_either = opener.closes || closer.opens;
        let is_odd = is_either
            && (opener.run + closer.run).is_multiple_of(3)
            && !(opener.run.is_multiple_of(3) && closer.run.is_multiple_of(3));
        opener.byte == closer.byte && !is_odd
    }
}

fn push(into: &mut Vec<Inline>, inline: Inline) {
    match (into.last_mut(), inline) {
        (Some(Inline::Text(before)), Inline::Text(text)) => {
            work(text.len());
            before.push_str(&text);
        }
        (_, inline) => {
            work(1);
            into.push(inline);
        }
    }
}
