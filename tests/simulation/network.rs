//! A network in virtual time that loses, delays, duplicates and reorders.

use std::collections::BTreeMap;

/// How bad it is, in per cent of the messages.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    pub loss: u32,
    pub duplication: u32,
    pub reordering: u32,
}

impl Faults {
    pub const fn none() -> Self {
        Self { loss: 0, duplication: 0, reordering: 0 }
    }
}

/// Random numbers that are the same in every run (xorshift64*, Vigna 2014).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.roll(100) < u64::from(chance)
    }

    pub fn jitter(&mut self) -> f64 {
        self.roll(1_000) as f64 / 1_000.0
    }
}

/// Messages on their way, by the millisecond in which they arrive.
#[derive(Debug)]
pub struct Wire<T> {
    flying: BTreeMap<(u64, u64), T>,
    sent: u64,
    last: u64,
}

impl<T: Clone> Wire<T> {
    pub fn new() -> Self {
        Self { flying: BTreeMap::new(), sent: 0, last: 0 }
    }

    pub fn send(&mut self, message: T, now: u64, faults: Faults, dice: &mut Dice) {
        if dice.percent(faults.loss) {
            return;
        }
        let copies = if dice.percent(faults.duplication) { 2 } else { 1 };
        for _ in 0..copies {
            let mut arrival = now + 5 + dice.roll(20);
            if dice.percent(faults.reordering) {
                arrival += dice.roll(200);
            } else {
                // Otherwise in order, as on one socket.
                self.last = self.last.max(arrival);
                arrival = self.last;
            }
            self.sent += 1;
            self.flying.insert((arrival, self.sent), message.clone());
        }
    }

    pub fn arrive(&mut self, now: u64) -> Option<T> {
        let first = self.flying.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    pub fn clear(&mut self) {
        self.flying.clear();
        self.last = 0;
    }
}
