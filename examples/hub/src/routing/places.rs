//! What visitors are told of their places.
//!
//! Places are looked at now and then, not after each fact: one who is served moves all that wait behind him. A better place is told
//! at the next look; a worse one only when it was so at two looks, so that nobody is sent back and forth.

use core::time::Duration;

use alongside::time::Timestamp;

use super::agent::{Presence, Seat};
use super::name::QueueId;
use super::router::{Router, RouterOutput};
use super::task::Task;

/// So long after a change the places of a queue are looked at.
pub const LOOK: Duration = Duration::from_secs(5);

impl Router {
    /// Something moved in the queue.
    pub(super) fn mark_moved(&mut self, queue: &QueueId) {
        let line = self.lines.entry(queue.clone()).or_default();
        if line.look.is_none() {
            let at = self.now + LOOK;
            line.look = Some(at);
            self.looks.insert((at, queue.clone()));
        }
    }

    pub(super) fn look_at_places(&mut self) {
        while self.looks.first().is_some_and(|(at, _)| *at <= self.now) {
            if let Some((_, queue)) = self.looks.pop_first() {
                self.tell_places(&queue);
            }
        }
    }

    /// The visitor wants to know his place: it is told also where it has not changed.
    pub fn handle_asked(&mut self, task: Task, now: Timestamp) {
        self.handle_timeout(now);
        let Some(entry) = self.entries.get_mut(&task) else { return };
        let (queue, key) = (entry.needs.queue.clone(), entry.key);
        let Some(line) = self.lines.get(&queue).filter(|line| line.order.contains(&key)) else { return };
        let place = u32::try_from(line.order.range(..key).count()).unwrap_or(u32::MAX - 1) + 1;
        (entry.told, entry.seen) = (Some(place), Some(place));
        let wait = self.wait_at(&queue, place);
        self.outputs.push_back(RouterOutput::Position { task, place, wait });
    }

    /// Between which times one at this place waits yet: so many end at the same time as there is room for.
    fn wait_at(&self, queue: &QueueId, place: u32) -> Option<(Duration, Duration)> {
        let (short, long) = self.lines.get(queue)?.handling()?;
        let room = self.room(queue);
        (room > 0).then(|| (share(short, place, room), share(long, place, room)))
    }

    fn room(&self, queue: &QueueId) -> u32 {
        let serves = |seat: &&Seat| seat.presence == Presence::Available && seat.agent.queues.contains(queue);
        self.seats.values().filter(serves).map(|seat| seat.agent.capacity).sum()
    }

    fn tell_places(&mut self, queue: &QueueId) {
        let room = self.room(queue);
        let Some(line) = self.lines.get_mut(queue) else { return };
        line.look = None;
        let handling = line.handling();
        let mut is_worse = false;
        for (place, key) in (1_u32..).zip(&line.order) {
            let Some(entry) = self.entries.get_mut(&key.task) else { continue };
            let seen = entry.seen.replace(place);
            let is_told =
                entry.told.is_none_or(|told| place < told || (place > told && seen.is_some_and(|seen| seen > told)));
            is_worse |= !is_told && entry.told.is_some_and(|told| place > told);
            if !is_told {
                continue;
            }
            entry.told = Some(place);
            let wait = handling
                .filter(|_| room > 0)
                .map(|(short, long)| (share(short, place, room), share(long, place, room)));
            self.outputs.push_back(RouterOutput::Position { task: key.task, place, wait });
        }
        if is_worse {
            self.mark_moved(queue);
        }
    }
}

fn share(handling: Duration, place: u32, room: u32) -> Duration {
    handling.saturating_mul(place) / room
}
