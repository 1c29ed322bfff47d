//! An agent's desk, as far as sessions go.

use alongside::protocol::cobrowse::{Attend, Channel, Code, EndReason, Leave, Objection, Offer};
use alongside::protocol::{Malformed, RelayBody, Shown};
use tokio::sync::broadcast;

use super::codes::{CodeKey, GOOD_FOR, Maker, Who};
use super::input::{Attendant, Input, News, Seat, Telling, ToDesk, name};
use super::offer::{Guest, find, offer};
use super::{over, refused, wish_refused};
use crate::clock;
use crate::hub::Hub;
use crate::live::SHOWN_FOR;
use crate::store::{Access, Permission, Store};
use crate::way::{Cut, Mailbox, Way};

/// One connected desk; dropped, it is gone.
#[derive(Debug)]
pub struct Desk<S: Store> {
    hub: Hub<S>,
    access: Access,
    way: Way<ToDesk>,
    mailbox: Mailbox<ToDesk>,
    /// Counts what it wished: a session, or a code.
    turn: u64,
    /// What the desk calls that wish.
    wish: Option<u32>,
    seat: Option<Seat>,
    /// What has come but is told later than what came by the mailbox.
    pending: Option<News>,
    lag: Lag,
    code: Option<CodeKey>,
}

/// What becomes of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lag {
    /// They are told.
    None,
    /// Some are lost, which the room does not know.
    Unsaid,
    /// They are dropped until the room has answered.
    Said,
}

impl<S: Store> Desk<S> {
    /// A desk that connects.
    pub fn open(hub: Hub<S>, access: Access) -> Self {
        let (way, mailbox) = Way::open();
        Self { hub, access, way, mailbox, turn: 0, wish: None, seat: None, pending: None, lag: Lag::None, code: None }
    }

    /// The desk says something.
    ///
    /// # Errors
    /// [`Malformed::Unknown`] for what no desk may say.
    pub async fn hear(&mut self, body: RelayBody) -> Result<(), Malformed> {
        match body {
            RelayBody::Offer(wish) => {
                self.leave().await;
                self.wish = wish.wish;
                let result = self.offer(wish).await;
                self.answer(result);
            }
            RelayBody::MakeCode(wish) => {
                self.leave().await;
                self.wish = wish.wish;
                let result = self.make_code();
                self.answer(result);
            }
            RelayBody::UseCode(code) => {
                self.leave().await;
                self.wish = code.wish;
                let result = self.use_code(&code.code);
                self.answer(result);
            }
            RelayBody::Attend(attend) => {
                self.leave().await;
                self.wish = attend.wish;
                let result = self.attend(attend).await;
                self.answer(result);
            }
            RelayBody::Leave(_) => self.leave().await,
            RelayBody::End(_)
            | RelayBody::Request(_)
            | RelayBody::Revoke(_)
            | RelayBody::Act(_)
            | RelayBody::Point(_)
            | RelayBody::Highlight(_)
            | RelayBody::Draw(_)
            | RelayBody::Erase(_)
            | RelayBody::Probe(_)
            | RelayBody::Refresh(_)
            | RelayBody::Want(_) => {
                if let Some(seat) = &self.seat {
                    seat.room.say(Input::Desk(seat.number, body)).await;
                }
            }
            body => {
                if let Some(seat) = &self.seat {
                    seat.room.say(Input::Forbidden(seat.number, name(&body))).await;
                }
                return Err(Malformed::Unknown);
            }
        }
        Ok(())
    }

    /// What the desk is to be told next; cancel safe.
    ///
    /// # Errors
    /// [`Cut`] where it was too slow for what is not to be lost.
    pub async fn next(&mut self) -> Result<RelayBody, Cut> {
        loop {
            if let Some(message) = self.mailbox.try_next() {
                if let Some(body) = self.take(message) {
                    return Ok(body);
                }
                continue;
            }
            match self.pending.take() {
                Some(News::Shown(is_live)) => return Ok(RelayBody::Shown(Shown { is_live })),
                Some(News::Piece(piece)) if self.lag == Lag::None => return Ok(RelayBody::Mirror((*piece).clone())),
                _ => {}
            }
            if let (Lag::Unsaid, Some(seat)) = (self.lag, &self.seat)
                && seat.room.try_say(Input::Lagged(seat.number))
            {
                self.lag = Lag::Said;
            }
            tokio::select! {
                biased;
                message = self.mailbox.next() => {
                    if let Some(body) = self.take(message?) {
                        return Ok(body);
                    }
                }
                news = heard(&mut self.seat) => match news {
                    Some(news) => self.pending = Some(news),
                    None => self.lag = Lag::Unsaid,
                },
            }
        }
    }

    fn take(&mut self, message: ToDesk) -> Option<RelayBody> {
        let is_current = message.turn == self.turn;
        match message.what {
            Telling::Body(body) => {
                if matches!(body, RelayBody::Shown(_)) {
                    self.lag = Lag::None;
                }
                is_current.then(|| self.name_wish(body))
            }
            Telling::Seat(seat) if is_current => {
                (self.seat, self.pending, self.lag) = (Some(seat), None, Lag::None);
                None
            }
            Telling::Seat(seat) => {
                seat.room.say_later(Input::Desk(seat.number, RelayBody::Leave(Leave {})));
                None
            }
        }
    }

    /// Says which wish it comes of.
    fn name_wish(&self, mut body: RelayBody) -> RelayBody {
        match &mut body {
            RelayBody::Session(session) => session.wish = self.wish,
            RelayBody::Code(code) => code.wish = self.wish,
            // Who takes part is refused something else.
            RelayBody::Refused(refused) if self.seat.is_none() => refused.wish = self.wish,
            _ => {}
        }
        body
    }

    fn tell(&self, body: RelayBody) {
        self.way.tell(ToDesk { turn: self.turn, what: Telling::Body(body) });
    }

    async fn offer(&mut self, wish: Offer) -> Result<(), Box<RelayBody>> {
        let agent = self.helper()?;
        let since = clock::wall().as_millis().saturating_sub(SHOWN_FOR.as_millis() as u64);
        let since = alongside::time::Timestamp::from_millis(since);
        let visitor = match self.hub.store.visitor_of(&self.access, wish.visit, since).await {
            Ok(visitor) => visitor,
            Err(error) => {
                tracing::error!(%error, "cannot read whose visit it is");
                None
            }
        };
        let tenant = self.access.tenant.clone();
        let visitor = visitor
            .filter(|visitor| !self.hub.sessions.pages(&tenant, *visitor).is_empty())
            .ok_or_else(|| refused(Objection::NobodyThere))?;
        let guest = Guest { tenant, visitor, visit: wish.visit, page: None };
        offer(&self.hub, guest, wish.channel, agent).map_err(refused)
    }

    fn make_code(&mut self) -> Result<(), Box<RelayBody>> {
        let maker = Maker::Desk(self.helper()?);
        let made = self.hub.codes.make(&self.access.tenant, maker, clock::now());
        let (code, key) = made.map_err(wish_refused)?;
        self.code = Some(key);
        let code = Code { code, expires_in: GOOD_FOR.as_millis() as u32, wish: None };
        self.tell(RelayBody::Code(code));
        Ok(())
    }

    fn use_code(&mut self, code: &str) -> Result<(), Box<RelayBody>> {
        let agent = self.helper()?;
        let tenant = self.access.tenant.clone();
        let who = Who::Agent(tenant.clone(), self.access.agent.clone());
        let maker = self.hub.codes.take(&who, code, clock::now()).map_err(wish_refused)?;
        let Maker::Page { page, visitor, visit } = maker else { return Err(refused(Objection::WrongCode)) };
        let guest = Guest { tenant, visitor, visit, page: Some(page) };
        offer(&self.hub, guest, Channel::Voice, agent).map_err(refused)
    }

    async fn attend(&mut self, attend: Attend) -> Result<(), Box<RelayBody>> {
        let permission = if attend.is_silent { Permission::Supervise } else { Permission::Offer };
        if !self.access.may(permission) {
            return Err(refused(Objection::NotPermitted));
        }
        let room = find(&self.hub, &self.access.tenant, attend.session).await?;
        let Attend { is_silent, known, .. } = attend;
        let attendant = Attendant { is_silent, known, ..self.attendant() };
        let is_said = room.say(Input::Attend(attendant)).await;
        if is_said { Ok(()) } else { Err(over(attend.session, EndReason::Lost)) }
    }

    fn helper(&self) -> Result<Attendant, Box<RelayBody>> {
        let may = self.access.may(Permission::Offer);
        if may { Ok(self.attendant()) } else { Err(refused(Objection::NotPermitted)) }
    }

    fn attendant(&self) -> Attendant {
        let (way, name) = (self.way.clone(), self.access.name.clone());
        Attendant { way, turn: self.turn, name, is_silent: false, known: None }
    }

    fn answer(&self, result: Result<(), Box<RelayBody>>) {
        if let Err(body) = result {
            self.tell(*body);
        }
    }

    /// A desk takes part in one session, or waits with one code.
    async fn leave(&mut self) {
        self.forget_code();
        self.turn += 1;
        if let Some(seat) = self.seat.take() {
            seat.room.say(Input::Desk(seat.number, RelayBody::Leave(Leave {}))).await;
        }
        self.pending = None;
    }

    fn forget_code(&mut self) {
        if let Some(code) = self.code.take() {
            self.hub.codes.forget(code);
        }
    }
}

impl<S: Store> Drop for Desk<S> {
    fn drop(&mut self) {
        self.forget_code();
        self.mailbox.close();
        let unread = std::iter::from_fn(|| self.mailbox.try_next());
        let unread: Vec<_> = unread
            .filter_map(|message| if let Telling::Seat(seat) = message.what { Some(seat) } else { None })
            .collect();
        for seat in self.seat.take().into_iter().chain(unread) {
            seat.room.say_later(Input::DeskGone(seat.number));
        }
    }
}

/// The next news; `None` where some are lost. Cancel safe.
async fn heard(seat: &mut Option<Seat>) -> Option<News> {
    let Some(seat) = seat else { return std::future::pending().await };
    match seat.news.recv().await {
        Ok(news) => Some(news),
        Err(broadcast::error::RecvError::Lagged(_)) => {
            // What comes next does not fit what was before.
            seat.news = seat.news.resubscribe();
            None
        }
        Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
    }
}
