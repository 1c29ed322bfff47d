//! What is said of a video or audio of the visitor's page.

use alongside::protocol::mirror::{PlayStage, Playback};

use crate::words::CobrowseWords;

/// Where it is `age` milliseconds after it was told, in tenths of a second: one that plays goes on.
fn position(playback: &Playback, age: f64) -> Option<u32> {
    let told = playback.position?;
    if playback.stage != PlayStage::Playing {
        return Some(told);
    }
    let now = told.saturating_add((age * f64::from(playback.rate) / 10_000.0) as u32);
    Some(playback.duration.map_or(now, |end| now.min(end)))
}

/// What stands for a stage.
pub fn symbol(stage: PlayStage) -> &'static str {
    match stage {
        PlayStage::Playing => "▶",
        PlayStage::Paused => "❚❚",
        PlayStage::Waiting => "⋯",
        PlayStage::Ended => "■",
        PlayStage::Failed => "×",
    }
}

/// The word for a stage.
pub fn stage(stage: PlayStage, words: &CobrowseWords) -> &'static str {
    match stage {
        PlayStage::Playing => words.media_playing,
        PlayStage::Paused => words.media_paused,
        PlayStage::Waiting => words.media_waiting,
        PlayStage::Ended => words.media_ended,
        PlayStage::Failed => words.media_failed,
    }
}

/// All but the stage: where it is and how long, how fast, whether it is heard. `age` is in milliseconds since it was told.
pub fn details(playback: &Playback, age: f64, words: &CobrowseWords) -> String {
    let times = position(playback, age).map(|at| match playback.duration {
        Some(end) => format!("{} / {}", clock(at), clock(end)),
        None => clock(at),
    });
    let rate = (playback.rate != 100).then(|| format!("{}×", f64::from(playback.rate) / 100.0));
    let muted = playback.is_muted.then(|| words.media_muted.to_owned());
    [times, rate, muted].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// As players write it: `0:42`, `1:02:03`.
fn clock(tenths: u32) -> String {
    let seconds = tenths / 10;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    const FILM: Playback =
        Playback { stage: PlayStage::Playing, is_muted: false, rate: 100, position: Some(425), duration: Some(1_909) };

    fn said(playback: Playback, age: f64) -> String {
        details(&playback, age, Language::English.cobrowse())
    }

    #[test]
    fn one_that_plays_goes_on_to_its_end() {
        assert_eq!(said(FILM, 0.0), "0:42 / 3:10");
        assert_eq!(said(FILM, 600.0), "0:43 / 3:10");
        assert_eq!(said(Playback { rate: 150, ..FILM }, 10_000.0), "0:57 / 3:10 · 1.5×");
        assert_eq!(said(FILM, 1e9), "3:10 / 3:10");
    }

    #[test]
    fn one_that_stands_does_not() {
        for stage in [PlayStage::Paused, PlayStage::Waiting, PlayStage::Ended, PlayStage::Failed] {
            assert_eq!(said(Playback { stage, ..FILM }, 60_000.0), "0:42 / 3:10");
        }
    }

    #[test]
    fn only_what_was_told_is_said() {
        assert_eq!(
            said(Playback { duration: None, position: Some(37_230), is_muted: true, ..FILM }, 0.0),
            "1:02:03 · muted"
        );
        assert_eq!(said(Playback { duration: None, position: None, ..FILM }, 5_000.0), "");
    }
}
