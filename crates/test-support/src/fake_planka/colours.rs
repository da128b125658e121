//! The colours each version knows, in the order its error text lists them.

use super::Version;

const LABELS_V1: [&str; 25] = [
    "berry-red",
    "pumpkin-orange",
    "lagoon-blue",
    "pink-tulip",
    "light-mud",
    "orange-peel",
    "bright-moss",
    "antique-blue",
    "dark-granite",
    "lagune-blue",
    "sunny-grass",
    "morning-sky",
    "light-orange",
    "midnight-blue",
    "tank-green",
    "gun-metal",
    "wet-moss",
    "red-burgundy",
    "light-concrete",
    "apricot-red",
    "desert-sand",
    "navy-blue",
    "egg-yellow",
    "coral-green",
    "light-cocoa",
];

const LABELS_V2: [&str; 42] = [
    "muddy-grey",
    "autumn-leafs",
    "morning-sky",
    "antique-blue",
    "egg-yellow",
    "desert-sand",
    "dark-granite",
    "fresh-salad",
    "lagoon-blue",
    "midnight-blue",
    "light-orange",
    "pumpkin-orange",
    "light-concrete",
    "sunny-grass",
    "navy-blue",
    "lilac-eyes",
    "apricot-red",
    "orange-peel",
    "silver-glint",
    "bright-moss",
    "deep-ocean",
    "summer-sky",
    "berry-red",
    "light-cocoa",
    "grey-stone",
    "tank-green",
    "coral-green",
    "sugar-plum",
    "pink-tulip",
    "shady-rust",
    "wet-rock",
    "wet-moss",
    "turquoise-sea",
    "lavender-fields",
    "piggy-red",
    "light-mud",
    "gun-metal",
    "modern-green",
    "french-coast",
    "sweet-lilac",
    "red-burgundy",
    "pirate-gold",
];

const LISTS_V1: [&str; 10] = [
    "berry-red",
    "pumpkin-orange",
    "lagoon-blue",
    "pink-tulip",
    "light-mud",
    "orange-peel",
    "bright-moss",
    "antique-blue",
    "dark-granite",
    "lagune-blue",
];

const LISTS_V2: [&str; 10] = [
    "berry-red",
    "pumpkin-orange",
    "lagoon-blue",
    "pink-tulip",
    "light-mud",
    "orange-peel",
    "bright-moss",
    "antique-blue",
    "dark-granite",
    "turquoise-sea",
];

pub(super) fn of_labels(version: Version) -> &'static [&'static str] {
    match version {
        Version::V1 => &LABELS_V1,
        Version::V2 => &LABELS_V2,
    }
}

pub(super) fn of_lists(version: Version) -> &'static [&'static str] {
    match version {
        Version::V1 => &LISTS_V1,
        Version::V2 => &LISTS_V2,
    }
}
