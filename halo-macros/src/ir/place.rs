//! A place in the user's source. Nodes and values remember places rather than syntax trees, so that every stage can
//! point at the token that a message is about.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// From the first to the last token of something the user wrote: where an error about it points.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub start: Span,
    pub end: Span,
}

impl Place {
    pub fn of(tokens: &impl ToTokens) -> Place {
        let mut spans = tokens.to_token_stream().into_iter().map(|tree| tree.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        Place {
            start,
            end: spans.last().unwrap_or(start),
        }
    }

    pub fn at(span: Span) -> Place {
        Place {
            start: span,
            end: span,
        }
    }

    /// The attribute itself: the place of what nobody wrote.
    pub fn call_site() -> Place {
        Place::at(Span::call_site())
    }

    /// From the start of this place to the end of another.
    pub fn to(self, last: Place) -> Place {
        Place {
            start: self.start,
            end: last.end,
        }
    }

    /// An error that underlines the place.
    pub fn error(&self, message: impl std::fmt::Display) -> syn::Error {
        let tokens = [self.start, self.end].map(|span| Ident::new("_place", span));
        syn::Error::new_spanned(quote!(#(#tokens)*), message)
    }

    /// The macro's own tokens, as if they stood where this place starts: there rustc points if a type does not fit. They mean
    /// what they meant; what is in their brackets stays where it is.
    pub fn locate(&self, tokens: TokenStream) -> TokenStream {
        let located = tokens.into_iter().map(|mut token| {
            token.set_span(token.span().located_at(self.start));
            token
        });
        located.collect()
    }

    /// Equal for equal places: spans themselves cannot be compared.
    pub fn key(&self) -> String {
        format!("{:?} {:?}", self.start, self.end)
    }
}
