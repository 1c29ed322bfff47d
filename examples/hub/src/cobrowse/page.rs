//! A visitor's page, as far as sessions go.

use alongside::protocol::cobrowse::{Channel, Code, EndReason, Objection};
use alongside::protocol::{Followed, Malformed, Refresh, RelayBody, SessionId, VisitId, VisitorId};

use super::codes::{CodeKey, GOOD_FOR, Maker, Who};
use super::input::{Input, RoomWay};
use super::offer::{Guest, find, offer};
use super::rules::Rules;
use super::way::{PageMailbox, PageWay, Wanted};
use super::{over, refused, wish_refused};
use crate::clock;
use crate::hub::Hub;
use crate::session::visit_id;
use crate::store::{Store, TenantId};
use crate::way::Cut;

/// One connected page; dropped, it is gone.
#[derive(Debug)]
pub struct Page<S: Store> {
    hub: Hub<S>,
    tenant: TenantId,
    visitor: VisitorId,
    way: PageWay,
    mailbox: PageMailbox,
    /// What is wanted of it, and what it was told of that.
    wanted: Wanted,
    told: Wanted,
    rules: Rules,
    /// What it hears once it knows the rules.
    held: Option<RelayBody>,
    room: Option<RoomWay>,
    code: Option<CodeKey>,
}

impl<S: Store> Page<S> {
    /// A page that connects: where its visitor is asked now, it asks him, too.
    pub fn open(hub: Hub<S>, tenant: TenantId, deployment: String, visitor: VisitorId) -> Self {
        let (way, mailbox) = PageWay::open();
        hub.sessions.add_page(&tenant, visitor, way.clone());
        if let Some(room) = hub.sessions.of_visitor(&tenant, visitor) {
            room.say_later(Input::Opened(way.clone()));
        }
        Self {
            rules: Rules::new(&hub, deployment),
            held: None,
            hub,
            tenant,
            visitor,
            way,
            mailbox,
            wanted: Wanted::default(),
            told: Wanted::default(),
            room: None,
            code: None,
        }
    }

    /// The page says something.
    ///
    /// # Errors
    /// [`Malformed::Unknown`] for what no page may say.
    pub async fn hear(&mut self, body: RelayBody) -> Result<(), Malformed> {
        match body {
            RelayBody::Answer(answer) => {
                let found = self.hub.sessions.room(&self.tenant, answer.session);
                let found = found.ok_or_else(|| over(answer.session, EndReason::Lost));
                self.enter(found, answer.session, Input::Answer(self.way.clone(), answer.key)).await;
            }
            RelayBody::Join(join) => {
                let found = find(&self.hub, &self.tenant, join.session).await;
                let visit = join.visit.map(|visit| visit_id(self.visitor, visit));
                self.enter(found, join.session, Input::Join(self.way.clone(), self.visitor, visit, join.key)).await;
            }
            RelayBody::MakeCode(make) => self.make_code(make.visit.ok_or(Malformed::Missing { field: "visit" })?),
            RelayBody::UseCode(code) => {
                let visit = code.visit.ok_or(Malformed::Missing { field: "visit" })?;
                if let Err(body) = self.use_code(&code.code, visit) {
                    self.way.way.tell(*body);
                }
            }
            RelayBody::Decide(_)
            | RelayBody::Revoke(_)
            | RelayBody::Pause(_)
            | RelayBody::Active(_)
            | RelayBody::Done(_)
            | RelayBody::Point(_)
            | RelayBody::Draw(_)
            | RelayBody::Erase(_)
            | RelayBody::Probe(_)
            | RelayBody::Mirror(_)
            | RelayBody::End(_) => {
                if let Some(room) = &self.room {
                    room.say(Input::Page(self.way.way.number(), body)).await;
                }
            }
            _ => return Err(Malformed::Unknown),
        }
        Ok(())
    }

    /// What the page is to be told next; cancel safe.
    ///
    /// # Errors
    /// [`Cut`] where it was too slow, or the store does not say what is masked.
    pub async fn next(&mut self) -> Result<RelayBody, Cut> {
        loop {
            if let Some(body) = self.rules.news(&self.hub).await? {
                return Ok(body);
            }
            if let Some(body) = self.held.take() {
                return Ok(body);
            }
            // A session says something, then who follows: what it said is in the mailbox by the time that this is seen.
            self.wanted = self.mailbox.wanted.borrow_and_update().clone();
            if let Some(body) = self.mailbox.mailbox.try_next() {
                if !self.is_held(&body) {
                    return Ok(body);
                }
                self.held = Some(body);
                continue;
            }
            if let Some(body) = self.news() {
                return Ok(body);
            }
            tokio::select! {
                biased;
                body = self.mailbox.mailbox.next() => match body? {
                    body if self.is_held(&body) => self.held = Some(body),
                    body => return Ok(body),
                },
                () = self.rules.changed() => {}
                // Both ways last as long as this holds its own end of them.
                _ = self.mailbox.wanted.changed() => {}
                Some(want) = self.mailbox.wants.recv() => return Ok(RelayBody::Want(want)),
            }
        }
    }

    /// Whether the page is to know what is masked before it hears this: it may show the visitor what agents will see.
    fn is_held(&mut self, body: &RelayBody) -> bool {
        matches!(body, RelayBody::Session(_)) && self.rules.are_first()
    }

    fn news(&mut self) -> Option<RelayBody> {
        let wanted = self.wanted.clone();
        let told = std::mem::replace(&mut self.told, wanted.clone());
        if wanted.desks != told.desks {
            // The page is told again for one more desk, without being asked.
            let is_more = wanted.desks > told.desks;
            let known = wanted.known_since(told.retellings).filter(|_| is_more);
            if told.desks > 0 {
                self.told.beginnings = told.beginnings;
            }
            if !is_more {
                self.told.retellings = told.retellings;
            }
            return Some(RelayBody::Followed(Followed { desks: wanted.desks, known }));
        }
        let known = if wanted.beginnings != told.beginnings {
            None
        } else if wanted.retellings != told.retellings {
            Some(wanted.known_since(told.retellings).unwrap_or_default())
        } else {
            return None;
        };
        (wanted.desks > 0).then_some(RelayBody::Refresh(Refresh { known }))
    }

    /// It takes part in this session, and in no other.
    async fn enter(&mut self, found: Result<RoomWay, Box<RelayBody>>, session: SessionId, how: Input) {
        if let Some(before) = self.room.take_if(|before| before.session() != session) {
            before.say(Input::PageGone(self.way.way.number())).await;
        }
        match found {
            Ok(room) if room.say(how).await => self.room = Some(room),
            Ok(_) => drop(self.way.way.tell(*over(session, EndReason::Lost))),
            Err(body) => drop(self.way.way.tell(*body)),
        }
    }

    fn make_code(&mut self, visit: VisitId) {
        self.forget_code();
        let visit = visit_id(self.visitor, visit);
        let maker = Maker::Page { page: self.way.clone(), visitor: self.visitor, visit };
        let body = match self.hub.codes.make(&self.tenant, maker, clock::now()) {
            Ok((code, key)) => {
                self.code = Some(key);
                RelayBody::Code(Code { code, expires_in: GOOD_FOR.as_millis() as u32, wish: None })
            }
            Err(refused) => RelayBody::Refused(refused),
        };
        self.way.way.tell(body);
    }

    fn use_code(&mut self, code: &str, visit: VisitId) -> Result<(), Box<RelayBody>> {
        let who = Who::Visitor(self.tenant.clone(), self.visitor);
        let maker = self.hub.codes.take(&who, code, clock::now()).map_err(wish_refused)?;
        let Maker::Desk(agent) = maker else { return Err(refused(Objection::WrongCode)) };
        let (tenant, page) = (self.tenant.clone(), Some(self.way.clone()));
        let guest = Guest { tenant, visitor: self.visitor, visit: visit_id(self.visitor, visit), page };
        offer(&self.hub, guest, Channel::Voice, agent).map_err(refused)
    }

    fn forget_code(&mut self) {
        if let Some(code) = self.code.take() {
            self.hub.codes.forget(code);
        }
    }
}

impl<S: Store> Drop for Page<S> {
    fn drop(&mut self) {
        self.forget_code();
        self.hub.sessions.remove_page(&self.tenant, self.visitor, &self.way);
        match self.room.take() {
            Some(room) => room.say_later(Input::PageGone(self.way.way.number())),
            // It may have been asked.
            None => {
                if let Some(room) = self.hub.sessions.of_visitor(&self.tenant, self.visitor) {
                    room.say_later(Input::PageGone(self.way.way.number()));
                }
            }
        }
    }
}
