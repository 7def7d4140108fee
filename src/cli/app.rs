//! What commands share: settings, the writer, and the store once it is needed.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use super::config::Settings;
use super::deadline::Deadline;
use super::failure::Failure;
use super::globals::Globals;
use super::open_store::{self, Access};
use super::write::WriteArgs;
use crate::domain::actor::Actor;
use crate::domain::clock::Clock;
use crate::files::write::System;
use crate::output::{Format, Printer, Row, Ui, UiOptions};
use crate::service::audit::AuditTrail;
use crate::service::auth::{Keys, Machines};
use crate::service::clock::SystemClock;
use crate::service::import::Imports;
use crate::service::inventory::Inventory;
use crate::service::orders::Orders;
use crate::service::password::PasswordHasher;
use crate::service::products::{HandOver, Products};
use crate::service::users::Users;
use crate::service::{RequestKey, WriteOptions};
use crate::store::Store;

/// How long a write that is in flight may take to end when a command is stopped.
const CLOSE: Duration = Duration::from_secs(2);

/// One run of the program.
pub(super) struct App {
    /// Flags as written.
    pub(super) globals: Globals,
    /// Flags, environment and files together.
    pub(super) settings: Settings,
    /// The writer.
    pub(super) ui: Ui,
    /// The time left.
    pub(super) deadline: Deadline,
    /// The machine's clock.
    pub(super) clock: Arc<dyn Clock>,
    store: OnceCell<Arc<dyn Store>>,
    writes: Cell<bool>,
    /// The command as it was understood, whichever way it was written.
    said: String,
    request: RefCell<Option<RequestKey>>,
}

impl App {
    /// Ready to run a command, given as it was understood; nothing has been opened.
    pub(super) fn new(globals: Globals, settings: Settings, ui: Ui, said: String) -> Self {
        let deadline = Deadline::after(settings.timeout.value);
        let clock = Arc::new(SystemClock);
        Self {
            globals,
            settings,
            ui,
            deadline,
            clock,
            store: OnceCell::new(),
            writes: Cell::new(false),
            said,
            request: RefCell::default(),
        }
    }

    /// A run within this one, on the same store, that prints in this format.
    pub(super) fn within(&self, globals: Globals, format: Format) -> Self {
        let ui = Ui::new(UiOptions { format: Some(format), ..UiOptions::default() });
        let within = Self::new(globals, self.settings.clone(), ui, String::new());
        if let Some(store) = self.store.get() {
            // The cell is new, so it takes the store.
            let _ = within.store.set(Arc::clone(store));
        }
        within
    }

    /// A printer of this kind of row; made before anything is done, so that a mistyped `--fields` changes nothing.
    pub(super) fn printer<T: Row>(&self) -> Result<Printer<'_, T>, Failure> {
        Ok(Printer::new(&self.ui)?)
    }

    /// The store; opened by the first who asks.
    pub(super) async fn store(&self, access: Access) -> Result<Arc<dyn Store>, Failure> {
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let access = if self.globals.dry_run { Access::Read } else { access };
        let store = open_store::open(&self.settings, access, &self.ui).await?;
        Ok(Arc::clone(self.store.get_or_init(|| store)))
    }

    /// The use cases of users.
    pub(super) async fn users(&self, access: Access) -> Result<Users, Failure> {
        let store = self.store(access).await?;
        Ok(Users::new(store, Arc::clone(&self.clock), Arc::new(PasswordHasher::new())))
    }

    /// The use cases of signing keys.
    pub(super) async fn keys(&self, access: Access) -> Result<Keys, Failure> {
        Ok(Keys::new(self.store(access).await?, Arc::clone(&self.clock)))
    }

    /// The use cases of the audit log.
    pub(super) async fn audit(&self, access: Access) -> Result<AuditTrail, Failure> {
        Ok(AuditTrail::new(self.store(access).await?))
    }

    /// The use cases of machines' tokens.
    pub(super) async fn machines(&self, access: Access) -> Result<Machines, Failure> {
        let store = self.store(access).await?;
        Ok(Machines::new(store.clone(), store.clone(), store.clone(), store, Arc::clone(&self.clock)))
    }

    /// The use cases of products.
    pub(super) async fn products(&self, access: Access) -> Result<Products, Failure> {
        let store = self.store(access).await?;
        Ok(Products::new(store, Arc::clone(&self.clock), self.settings.currency.value))
    }

    /// Products for another system.
    pub(super) async fn hand_over(&self, access: Access, system: System) -> Result<HandOver, Failure> {
        let store = self.store(access).await?;
        Ok(HandOver::new(store.clone(), store, self.settings.currency.value, system))
    }

    /// The use cases of orders.
    pub(super) async fn orders(&self, access: Access) -> Result<Orders, Failure> {
        let store = self.store(access).await?;
        let orders = Orders::new(store.clone(), store.clone(), store, Arc::clone(&self.clock));
        Ok(orders.with_hold(self.settings.hold.value))
    }

    /// The use cases of stock.
    pub(super) async fn inventory(&self, access: Access) -> Result<Inventory, Failure> {
        let store = self.store(access).await?;
        Ok(Inventory::new(store.clone(), store, Arc::clone(&self.clock)))
    }

    /// The use cases of imports.
    pub(super) async fn imports(&self, access: Access) -> Result<Imports, Failure> {
        let store = self.store(access).await?;
        Ok(Imports::new(store, Arc::clone(&self.clock), self.settings.currency.value))
    }

    /// Who writes and under which conditions.
    ///
    /// # Errors
    /// `invalid_version`.
    pub(super) fn write(&self, args: &WriteArgs) -> Result<WriteOptions, Failure> {
        let if_version = args.if_version.as_deref().map(str::parse).transpose()?;
        self.writes.set(true);
        let login = ["USER", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
        let actor = Actor::shell(login.as_deref());
        let request = match &args.once.idempotency_key {
            Some(key) => Some(RequestKey::new("cli", key, &[self.said.as_bytes()])?),
            None => None,
        };
        self.request.borrow_mut().clone_from(&request);
        Ok(WriteOptions { if_version, dry_run: self.globals.dry_run, request, ..WriteOptions::by(actor) })
    }

    /// Says, after a dry run of something that writes, that it was one.
    pub(super) fn end_dry_run(&self) {
        if self.globals.dry_run && self.writes.get() {
            self.ui.notice("dry run: nothing was changed");
        }
    }

    /// Says, after a command that was done before, that it was not done again.
    pub(super) fn end_replay(&self) {
        if self.request.borrow().as_ref().is_some_and(RequestKey::was_replayed) {
            self.ui.notice("done before under this idempotency key: nothing was changed");
        }
    }

    /// Lets a write that is in flight end, for a short while, and lets go of the store.
    pub(super) async fn close(&self) {
        if let Some(store) = self.store.get() {
            // Whether it took too long is of no use to anybody now.
            let _ = tokio::time::timeout(CLOSE, store.close()).await;
        }
    }
}
