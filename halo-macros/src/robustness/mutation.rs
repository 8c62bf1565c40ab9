//! Kernels that were valid until something was dropped, doubled, swapped or put in from elsewhere: near to what people
//! write while they write.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::kernels::KERNELS;
use super::random::{Random, cases};
use super::tokens;
use super::trial::{Case, survive};

#[test]
fn kernels_are_what_mutations_need_them_to_be() {
    let kernels = KERNELS.len() as u64;
    let valid = survive(kernels, |number| {
        let (attr, item) = KERNELS[number as usize];
        Case::parse(attr, item)
    });
    // The claims `halo = 3` and `halo = 1` are no mistakes either.
    assert_eq!(valid, (kernels, kernels));
}

#[test]
fn words_out_of_place_are_survived() {
    let (tried, clean) = survive(cases(2_500), |number| words(&mut Random::new(number)));
    // Some mutations are harmless, and those must expand.
    assert!(
        clean * 50 > tried && clean * 2 < tried,
        "{clean} of {tried} had no mistakes"
    );
}

#[test]
fn trees_out_of_place_are_survived() {
    let (tried, clean) = survive(cases(1_500), |number| trees(&mut Random::new(number)));
    assert!(
        clean * 50 > tried && clean * 2 < tried,
        "{clean} of {tried} had no mistakes"
    );
}

/// Changes the words of a kernel and of its attribute.
fn words(random: &mut Random) -> Option<Case> {
    let (attr, item) = *random.pick(&KERNELS);
    let (_, donor) = *random.pick(&KERNELS);
    let donor: Vec<&str> = donor.split_whitespace().collect();
    let mut changed = |text: &'static str, changes: usize| {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        for _ in 0..changes {
            if words.is_empty() {
                break;
            }
            let (one, two) = (random.below(words.len()), random.below(words.len()));
            match random.below(6) {
                0 => drop(words.remove(one)),
                1 => words.insert(one, words[two]),
                2 => words.swap(one, two),
                3 => words[one] = words[two],
                4 => words[one] = *random.pick(&donor),
                _ => words.insert(one, *random.pick(&tokens::WORDS)),
            }
        }
        words.join(" ")
    };
    let item = changed(item, 1 + number_of(attr));
    let attr = changed(attr, item.len() % 2);
    Case::parse(&attr, &item)
}

/// One to four changes.
fn number_of(attr: &str) -> usize {
    attr.len() % 4
}

/// Moves whole groups of a kernel: an argument list into a body, a body into an offset.
fn trees(random: &mut Random) -> Option<Case> {
    let (attr, item) = *random.pick(&KERNELS);
    let (_, donor) = *random.pick(&KERNELS);
    let mut groups = Vec::new();
    collect(donor.parse().ok()?, &mut groups);
    collect(item.parse().ok()?, &mut groups);
    let mut left = 1 + random.below(3);
    let mut item: TokenStream = item.parse().ok()?;
    while left > 0 {
        item = exchanged(item, &groups, random, &mut left);
    }
    Some(Case {
        attr: attr.parse().ok()?,
        item,
    })
}

fn collect(stream: TokenStream, groups: &mut Vec<Group>) {
    for token in stream {
        if let TokenTree::Group(group) = token {
            collect(group.stream(), groups);
            groups.push(group);
        }
    }
}

/// The stream with up to `left` of its groups replaced, emptied, doubled or wrapped.
fn exchanged(
    stream: TokenStream,
    groups: &[Group],
    random: &mut Random,
    left: &mut usize,
) -> TokenStream {
    let mut changed = Vec::new();
    for token in stream {
        let TokenTree::Group(group) = token else {
            changed.push(token);
            continue;
        };
        if *left == 0 || random.chance(85) {
            let inside = exchanged(group.stream(), groups, random, left);
            changed.push(Group::new(group.delimiter(), inside).into());
            continue;
        }
        *left -= 1;
        let delimiters = [
            Delimiter::Parenthesis,
            Delimiter::Brace,
            Delimiter::Bracket,
            Delimiter::None,
        ];
        match random.below(5) {
            0 => changed.push(random.pick(groups).clone().into()),
            1 => changed.push(Group::new(group.delimiter(), random.pick(groups).stream()).into()),
            2 => changed.push(Group::new(*random.pick(&delimiters), group.stream()).into()),
            3 => changed.extend([group.clone().into(), group.into()]),
            _ => {
                let inner = TokenTree::Group(group);
                changed.push(Group::new(*random.pick(&delimiters), inner.into()).into());
            }
        }
    }
    changed.into_iter().collect()
}
