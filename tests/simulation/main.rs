//! Both halves of the link over a bad network, in virtual time.
#![cfg(not(target_arch = "wasm32"))]

mod network;
mod pair;
mod session;

use alongside::cobrowse::{AgentStage, VisitorStage};
use pair::Pair;
use proptest::prelude::*;

#[test]
fn everything_arrives_once_and_in_order_over_a_good_network() {
    let mut pair = Pair::new(1, network::Faults::none());
    pair.run_seconds(1);
    (1..=50).for_each(|number| pair.visitor_says(number));
    (1..=50).for_each(|number| pair.hub_says(number));
    pair.run_seconds(2);
    assert_eq!(pair.hub_heard(), (1..=50).collect::<Vec<_>>());
    assert_eq!(pair.visitor_heard(), (1..=50).collect::<Vec<_>>());
    assert_eq!(pair.queued(), 0);
}

#[test]
fn what_is_relayed_arrives_while_the_link_is_up_and_never_later() {
    let mut pair = Pair::new(1, network::Faults::none());
    pair.visitor_relays(1);
    pair.run_seconds(1);
    (2..=4).for_each(|number| pair.visitor_relays(number));
    (2..=4).for_each(|number| pair.hub_relays(number));
    pair.run_seconds(1);
    assert_eq!(pair.relayed(), (vec![2, 3, 4], vec![2, 3, 4]));
    pair.cut();
    (5..=6).for_each(|number| pair.visitor_relays(number));
    (5..=6).for_each(|number| pair.hub_relays(number));
    pair.run_seconds(60);
    assert!(pair.is_online());
    assert_eq!(pair.relayed(), (vec![2, 3, 4], vec![2, 3, 4]));
    assert_eq!(pair.queued(), 0, "nothing of it is kept");
}

#[test]
fn what_was_said_while_the_hub_was_down_arrives_when_it_is_back() {
    let mut pair = Pair::new(2, network::Faults::none());
    pair.take_hub_down();
    (1..=20).for_each(|number| pair.visitor_says(number));
    pair.run_seconds(120);
    assert_eq!(pair.hub_heard(), Vec::<u32>::new());
    pair.bring_hub_up();
    pair.run_seconds(120);
    assert_eq!(pair.hub_heard(), (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_reload_in_the_middle_loses_nothing_and_repeats_nothing() {
    let mut pair = Pair::new(3, network::Faults::none());
    pair.run_seconds(1);
    (1..=30).for_each(|number| pair.visitor_says(number));
    pair.reload_visitor();
    (31..=40).for_each(|number| pair.visitor_says(number));
    pair.run_seconds(30);
    assert_eq!(pair.hub_heard(), (1..=40).collect::<Vec<_>>());
}

#[test]
fn a_hub_that_restarts_keeps_what_it_acknowledged() {
    let mut pair = Pair::new(4, network::Faults::none());
    pair.run_seconds(1);
    for number in 1..=100 {
        pair.visitor_says(number);
        if number % 30 == 0 {
            pair.restart_hub();
        }
        pair.run_millis(40);
    }
    pair.run_seconds(240);
    assert_eq!(pair.hub_heard(), (1..=100).collect::<Vec<_>>());
}

#[test]
fn a_silent_network_is_noticed_and_left() {
    let mut pair = Pair::new(5, network::Faults::none());
    pair.run_seconds(1);
    assert!(pair.is_online());
    pair.cut_silently();
    pair.run_seconds(60);
    pair.mend();
    pair.visitor_says(1);
    pair.run_seconds(150);
    assert_eq!(pair.hub_heard(), [1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn everything_arrives_once_and_in_order_over_a_bad_network(
        seed in any::<u64>(),
        loss in 0u32..25,
        duplication in 0u32..25,
        reordering in 0u32..25,
        cuts in 0u32..6,
        count in 1u32..120,
    ) {
        let faults = network::Faults { loss, duplication, reordering };
        let mut pair = Pair::new(seed, faults);
        for number in 1..=count {
            pair.visitor_says(number);
            pair.hub_says_if_connected(number);
            pair.run_millis(u64::from(number % 7) * 60);
            if cuts > 0 && number % (count / cuts + 1) == 0 {
                pair.cut();
            }
            if number == count / 2 {
                pair.reload_visitor();
            }
        }
        pair.heal();
        pair.run_seconds(600);
        prop_assert_eq!(pair.hub_heard(), (1..=count).collect::<Vec<_>>());
        prop_assert_eq!(pair.queued(), 0);
        let heard = pair.visitor_heard();
        prop_assert!(heard.windows(2).all(|two| two[0] < two[1]), "out of order or twice: {:?}", heard);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_session_goes_beyond_what_the_visitor_wants_and_none_hangs(steps in session::steps()) {
        let mut world = session::World::new();
        for step in &steps {
            world.take(step);
        }
        world.rest();
        let (page, desk) = world.stages();
        prop_assert!(
            matches!((page, desk), (VisitorStage::Idle | VisitorStage::Over(_), AgentStage::Idle | AgentStage::Over(_))),
            "after a quarter of an hour without anybody: {page:?}, {desk:?}"
        );
    }
}
