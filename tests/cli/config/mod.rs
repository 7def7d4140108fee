//! `shopctl config …`

mod path;
mod protected;
mod show;
