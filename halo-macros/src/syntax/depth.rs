//! Refuses code nested deeper than any person nests it, before anything recurses into it: a macro must never overflow its
//! stack.
//!
//! Brackets nest, and so does much that has none: signs, `else if`, closures, types. Operators and calls in a row are a
//! tree as deep as the row is long. How deep the syntax tree gets is told from the tokens alone, never too low.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

use crate::diagnostics::Context;
use crate::ir::place::Place;

/// Brackets in brackets.
const MOST_BRACKETS: usize = 100;
/// Signs, branches, closures, types inside each other, through all brackets.
const MOST_NESTED: usize = 250;
/// Tokens of an expression, through all brackets.
const MOST_TOKENS: usize = 8_000;

/// `None`, and an error, where tokens are nested too deeply or an expression is too long.
pub fn check_depth(tokens: &TokenStream, context: &Context) -> Option<()> {
    let mut open = vec![Level::new(tokens.clone())];
    while let Some(innermost) = open.last_mut() {
        let Some(token) = innermost.next() else {
            open.pop();
            continue;
        };
        let (nested, length) = open.iter().fold((0, 0), |(nested, length), level| {
            (nested + level.nested(), length + level.length)
        });
        let problem = if open.len() > MOST_BRACKETS && matches!(token, TokenTree::Group(_)) {
            format!("brackets are nested more than {MOST_BRACKETS} deep")
        } else if nested > MOST_NESTED {
            format!("this is nested more than {MOST_NESTED} deep")
        } else if length > MOST_TOKENS {
            format!("this expression is longer than {MOST_TOKENS} tokens")
        } else {
            if let TokenTree::Group(group) = token {
                open.push(Level::new(group.stream()));
            }
            continue;
        };
        let start = match &token {
            TokenTree::Group(group) => group.span_open(),
            other => other.span(),
        };
        let message = format!("{problem}\nhelp: name a part of this with `let`");
        context.error_at(Place::at(start), message);
        return None;
    }
    Some(())
}

/// What lies between two brackets, as far as it has been read.
struct Level {
    tokens: token_stream::IntoIter,
    /// Tokens since the expression, or whatever stands here, began.
    length: usize,
    /// What nests to its right until the expression ends: `else`, `|x|`, `->`.
    enclosing: usize,
    /// Angle brackets that are open, or comparisons.
    angles: usize,
    /// Signs and keywords in front of an operand that has not come yet.
    prefixes: usize,
    /// Calls, fields, indices and casts behind an operand.
    postfixes: usize,
    previous: Previous,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    /// Something that an operator can follow.
    Operand,
    /// The same, and the end of a statement unless an operator does follow.
    Braces,
    Punct(char, Spacing),
    /// The start, or a keyword.
    Other,
}

impl Level {
    fn new(stream: TokenStream) -> Level {
        Level {
            tokens: stream.into_iter(),
            length: 0,
            enclosing: 0,
            angles: 0,
            prefixes: 0,
            postfixes: 0,
            previous: Previous::Other,
        }
    }

    fn nested(&self) -> usize {
        self.enclosing + self.angles + self.prefixes + self.postfixes
    }

    fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.next()?;
        // Not before: what is in brackets is nested in the signs in front of them.
        if self.after_operand() {
            self.prefixes = 0;
        }
        if self.previous == Previous::Braces && !continues(&token) {
            self.end();
            self.angles = 0;
        }
        self.length += 1;
        self.previous = match &token {
            TokenTree::Punct(punct) => self.punct(punct.as_char(), punct.spacing()),
            TokenTree::Ident(_) if self.follows('\'') => Previous::Other,
            TokenTree::Ident(word) => self.word(&word.to_string()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Previous::Braces,
            TokenTree::Group(_) if self.after_operand() => {
                self.postfixes += 1;
                Previous::Operand
            }
            TokenTree::Literal(_) | TokenTree::Group(_) => Previous::Operand,
        };
        Some(token)
    }

    fn after_operand(&self) -> bool {
        matches!(self.previous, Previous::Operand | Previous::Braces)
    }

    fn word(&mut self, word: &str) -> Previous {
        match word {
            "else" | "if" | "match" | "while" | "for" | "in" | "let" | "return" | "break"
            | "yield" | "move" => {
                self.enclosing += 1;
                Previous::Other
            }
            "as" | "await" => {
                self.postfixes += 1;
                Previous::Other
            }
            "mut" | "const" | "ref" | "dyn" | "impl" | "raw" | "unsafe" | "async" | "extern" => {
                self.prefixes += 1;
                Previous::Other
            }
            _ => Previous::Operand,
        }
    }

    fn punct(&mut self, punct: char, spacing: Spacing) -> Previous {
        let after_operand = self.after_operand();
        if !matches!(punct, '.' | '?') {
            self.postfixes = 0;
        }
        match punct {
            ';' => {
                self.end();
                self.angles = 0;
            }
            ',' => self.end(),
            // The arrows `->` and `=>`.
            '>' if self.follows('-') => self.enclosing += 1,
            '>' if self.follows('=') => self.end(),
            '>' => self.angles = self.angles.saturating_sub(1),
            '<' => self.angles += 1,
            // Of `&&` and `||` between operands: what was compared before is over.
            '&' | '|' if after_operand && spacing == Spacing::Joint => self.angles = 0,
            '|' if !after_operand => self.enclosing += 1,
            '=' | '@' => self.enclosing += 1,
            '\'' => {}
            '.' | '?' if after_operand => self.postfixes += 1,
            _ if after_operand => {}
            _ => self.prefixes += 1,
        }
        Previous::Punct(punct, spacing)
    }

    /// Whether the punctuation just before belongs to this token.
    fn follows(&self, punct: char) -> bool {
        self.previous == Previous::Punct(punct, Spacing::Joint)
    }

    fn end(&mut self) {
        (self.length, self.enclosing) = (0, 0);
        (self.prefixes, self.postfixes) = (0, 0);
    }
}

/// Whether what ended in a brace goes on with this token.
fn continues(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => word == "else" || word == "as",
        TokenTree::Punct(punct) => !matches!(punct.as_char(), '#' | '\''),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(source: &str) -> bool {
        let context = Context::new();
        let accepted = check_depth(&source.parse().unwrap(), &context).is_some();
        assert_eq!(context.check().is_ok(), accepted);
        accepted
    }

    #[test]
    fn only_deep_brackets_are_refused() {
        let brackets = |depth: usize| format!("{}x{}", "(".repeat(depth), ")".repeat(depth));
        assert!(accepted(&brackets(20)));
        assert!(accepted(&brackets(100)));
        assert!(!accepted(&brackets(101)));
    }

    #[test]
    fn what_nests_without_brackets_is_refused_when_deep() {
        for (open, close) in [
            ("- ", ""),
            ("&mut ", ""),
            ("&'a ", ""),
            ("|y| ", ""),
            ("move || ", ""),
            ("a = ", ""),
            ("a @ ", ""),
            ("return ", ""),
            ("if a { } else ", ""),
            ("if ", "{}"),
            ("for a in ", "{}"),
            ("fn() -> ", ""),
            ("Vec<", ">"),
            ("Map<a, ", ">"),
            ("", ".f"),
            ("", ".f()"),
            ("", "[0]"),
            ("", "?"),
            ("", " as f64"),
        ] {
            let nested = |depth: usize| format!("{}x{}", open.repeat(depth), close.repeat(depth));
            assert!(accepted(&nested(60)), "{open}");
            assert!(!accepted(&nested(260)), "{open}");
            if !open.is_empty() {
                // Some at each of a few brackets.
                let spread = format!("{}(", open.repeat(30)).repeat(20);
                let spread = format!("{spread}x{}", ")".repeat(20));
                assert!(!accepted(&spread), "{open}");
            }
        }
    }

    #[test]
    fn what_stands_side_by_side_is_not_nested() {
        for part in [
            "a + -b + !c; ",
            "if a < b { -1 } else { 2 } ",
            "x += if a { b } else { c }; ",
            "f(|x| -x, &a, b < c); ",
            "0 | 1 | 2 => -a, ",
            "let a: Vec<Vec<f64>> = b; ",
            "fn f(x: &'a f64) -> Vec<f64> { x } ",
            "#[doc = \"text\"] a = b; ",
            "for i in 0..3 { s += -u[i]; } ",
            "s += k.a.sqrt() as f64 * w[0][1] - f(x)?; ",
        ] {
            assert!(accepted(&part.repeat(5_000)), "{part}");
        }
        assert!(accepted(&format!("0{}", " + a * -b[0]".repeat(1_000))));
        assert!(accepted(&format!("0{}", " && a < b.sqrt()".repeat(800))));
        assert!(!accepted(&format!("0{}", " + a * -b[0]".repeat(4_000))));
    }
}
