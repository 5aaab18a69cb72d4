//! Lists of owners of one type. An owner is there while a file or a card names it.

use super::args::{ListArgs, read};
use super::condition::{Condition, Rule, Test, Tester, bounded, searched};
use super::connection::Connection;
use super::owner::{ATTRIBUTES, Belonging};
use super::page::{Page, PageInfo};
use super::search::moment_of;
use super::unique::{self, Thing};
use super::{Loaders, Node, moment, order, required};
use crate::error::refuse;
use crate::fileable;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_core::{OwnerQuery, OwnerTest, Span};
use attache_model::{AccountNo, Error, Result};

/// The types of owners and the lists of them.
pub(super) const LISTS: [(&str, &str); 25] = [
    ("Account", "accounts"),
    ("AchBatch", "ach_batches"),
    ("Address", "addresses"),
    ("CallDetailRecordImport", "call_detail_record_imports"),
    ("CallLog", "call_logs"),
    ("Company", "companies"),
    ("DepositSlip", "deposit_slips"),
    ("EmailMessageContent", "email_message_contents"),
    ("FccForm477Report", "fcc_form_477_reports"),
    ("HandwrittenSignature", "handwritten_signatures"),
    ("InventoryItem", "inventory_items"),
    ("InventoryModel", "inventory_models"),
    ("InvoiceAttachment", "invoice_attachments"),
    ("Job", "jobs"),
    ("MassEmail", "mass_emails"),
    ("NetworkSite", "network_sites"),
    ("PrintedInvoiceBatch", "printed_invoice_batches"),
    ("PurchaseOrder", "purchase_orders"),
    ("SystemBackup", "system_backups"),
    ("Ticket", "tickets"),
    ("TicketComment", "ticket_comments"),
    ("TicketReply", "ticket_replies"),
    ("TowercoverageSubmission", "towercoverage_submissions"),
    ("Vendor", "vendors"),
    ("VoiceProviderRateImport", "voice_provider_rate_imports"),
];

/// `accounts` and the like.
pub(super) fn list(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move { required(&ctx, found(&ctx).await) })
}

async fn found<'a>(ctx: &ResolverContext<'a>) -> Result<FieldValue<'a>> {
    let loaders = Loaders::of(ctx)?;
    let args: ListArgs = read(&ctx.args)?;
    let name = ctx.ctx.item.node.name.node.as_str();
    let kind = LISTS.iter().find(|(_, list)| *list == name).and_then(|(kind, _)| fileable::kind(kind));
    let kind = kind.ok_or_else(|| Error::bug("a list of owners has no type"))?;
    let page = Page::of(args.paginator.as_ref(), loaders.limits().graphql_page)?;
    let descending = order::descending(&args.sorter, order::NUMBERED)?;
    let tests = tests(&args, kind, loaders.account())?;
    let selected = ctx.ctx.look_ahead();
    let info = selected.field("page_info");
    let reach = loaders.reach()?;
    let total = match info.field("total_count").exists() || info.field("total_pages").exists() {
        true => Some(reach.count_owners(kind, &tests).await?),
        false => None,
    };
    let named = match selected.field("entities").exists() {
        true => {
            let query = OwnerQuery { kind, tests, descending, offset: page.offset(), limit: page.limit() };
            reach.owner_page(&query).await?
        }
        false => Vec::new(),
    };
    let entities = Belonging::together(loaders.account(), named).into_iter().map(Node::Owner).collect();
    let connection = Connection::page(entities, PageInfo::new(page, total));
    Ok(FieldValue::owned_any(Node::Connection(connection)))
}

/// The tests of a list's arguments.
fn tests(args: &ListArgs, kind: &'static str, account: AccountNo) -> Result<Vec<OwnerTest>> {
    bounded(&args.search, &args.reverse_relation_filters)?;
    let owners = Owners { kind, account };
    let tests = [
        args.id.map(|id| OwnerTest::Id(Span::exactly(id.0))),
        args.sonar_unique_id.as_ref().map(|id| owners.unique(&id.0)),
        args.created_at.map(|at| OwnerTest::Created(moment::second(at.0))),
        args.updated_at.map(|at| OwnerTest::Updated(moment::second(at.0))),
        args.general_search.as_deref().filter(|words| !words.is_empty()).map(numbered),
        Some(searched(&owners, &args.search, "search")?),
    ];
    // Flat, so that one that is named by its number is looked up.
    Ok(match OwnerTest::all(tests.into_iter().flatten().collect()) {
        OwnerTest::AllOf(tests) => tests,
        one => vec![one],
    })
}

/// The owner whose number is this text.
fn numbered(text: &str) -> OwnerTest {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => OwnerTest::Id(Span::exactly(number)),
        _ => OwnerTest::AnyOf(Vec::new()),
    }
}

/// Makes tests on owners of one type of conditions.
struct Owners {
    kind: &'static str,
    account: AccountNo,
}

impl Owners {
    fn unique(&self, text: &str) -> OwnerTest {
        match unique::read(self.account, text) {
            Some(Thing::Owner(owner)) if owner.kind() == self.kind => OwnerTest::Id(Span::exactly(owner.id())),
            _ => OwnerTest::AnyOf(Vec::new()),
        }
    }
}

impl Tester for Owners {
    type Test = OwnerTest;

    fn condition(&self, condition: &Condition) -> Result<OwnerTest> {
        condition.check(ATTRIBUTES)?;
        let test = match (condition.attribute.as_str(), &condition.rule) {
            (_, Rule::Set) => OwnerTest::AllOf(Vec::new()),
            ("created_at", _) => OwnerTest::Created(moment_of(condition)?),
            ("updated_at", _) => OwnerTest::Updated(moment_of(condition)?),
            ("id", Rule::Number(span)) => OwnerTest::Id(*span),
            ("id", Rule::Text { value, partial: false }) => numbered(value),
            ("sonar_unique_id", Rule::Text { value, partial: false }) => self.unique(value),
            (_, Rule::Text { value, partial: true }) if value.is_empty() => OwnerTest::AllOf(Vec::new()),
            (attribute, _) => {
                let why = format!("'{attribute}' of owners is compared as a whole, with partial_matching: false");
                return Err(refuse(&condition.path, why));
            }
        };
        Ok(if condition.negated { OwnerTest::Not(Box::new(test)) } else { test })
    }

    fn relation(&self, _: &super::args::Relation, path: &str) -> Result<OwnerTest> {
        Err(refuse(format!("{path}.relation"), "owners have no relations to search by"))
    }
}

impl Test for OwnerTest {
    /// Flat, as far as it goes.
    fn all(tests: Vec<OwnerTest>) -> OwnerTest {
        let inner = |test| match test {
            OwnerTest::AllOf(inner) => inner,
            one => vec![one],
        };
        match <[OwnerTest; 1]>::try_from(tests.into_iter().flat_map(inner).collect::<Vec<_>>()) {
            Ok([one]) => one,
            Err(several) => OwnerTest::AllOf(several),
        }
    }

    fn any(tests: Vec<OwnerTest>) -> OwnerTest {
        match <[OwnerTest; 1]>::try_from(tests) {
            Ok([one]) => one,
            Err(several) => OwnerTest::AnyOf(several),
        }
    }
}
