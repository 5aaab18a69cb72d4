//! `DataService` on the table `FileBox`: how XML-RPC lists files. The other tables of Keap are known and not served.

use super::criteria;
use super::fault::{Fault, Kind};
use super::file_box::{Column, row};
use super::file_service::file_no;
use super::trouble::{Outcome, Trouble};
use super::value::Value;
use attache_core::{FileQuery, FileTest, Life, Order, Query, Reach, Start};

/// The table that is served.
const FILE_BOX: &str = "FileBox";
/// Most rows of a page; a greater limit means as many.
const ROWS_MAX: i64 = 1000;
/// Tables that Keap has besides.
const ELSEWHERE: &[&str] = &[
    "ActionSequence",
    "AffResource",
    "Affiliate",
    "CCharge",
    "CProgram",
    "Campaign",
    "CampaignStep",
    "Campaignee",
    "Company",
    "Contact",
    "ContactAction",
    "ContactGroup",
    "ContactGroupAssign",
    "ContactGroupCategory",
    "CreditCard",
    "DataFormField",
    "DataFormGroup",
    "DataFormTab",
    "EmailAddStatus",
    "Expense",
    "GroupAssign",
    "Invoice",
    "InvoiceItem",
    "InvoicePayment",
    "Job",
    "JobRecurringInstance",
    "Lead",
    "LeadSource",
    "LeadSourceCategory",
    "LeadSourceExpense",
    "LeadSourceRecurringExpense",
    "LinkedContactType",
    "MtgLead",
    "OrderItem",
    "PayPlan",
    "PayPlanItem",
    "Payment",
    "Product",
    "ProductCategory",
    "ProductCategoryAssign",
    "ProductInterest",
    "ProductInterestBundle",
    "ProductOptValue",
    "ProductOption",
    "RecurringOrder",
    "RecurringOrderWithContact",
    "Referral",
    "SavedFilter",
    "SocialAccount",
    "Stage",
    "StageMove",
    "Status",
    "SubscriptionPlan",
    "Template",
    "Ticket",
    "TicketStage",
    "TicketType",
    "User",
    "UserGroup",
    "Website",
];

/// `query`: rows that a struct of criteria asks for.
pub(super) async fn query(reach: &Reach<'_>, args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), limit, page, criteria, columns, order @ ..] = args else { return Err(Trouble::Shape) };
    let page = Page::of(limit, page)?;
    let order = ordered(order)?;
    file_box(table)?;
    let columns = selected(columns)?;
    let order = order.map(|(by, descending)| Ok::<_, Fault>(Order { by: Column::parse(by)?.sort(), descending }));
    let query = page.asking(criteria::tests(criteria)?, order.transpose()?);
    rows(reach, &query, &columns).await
}

/// `findByField`: rows that have a value in a field.
pub(super) async fn find_by_field(reach: &Reach<'_>, args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), limit, page, Value::Text(field), value, columns] = args else {
        return Err(Trouble::Shape);
    };
    let page = Page::of(limit, page)?;
    file_box(table)?;
    let columns = selected(columns)?;
    let test = criteria::test(Column::parse(field)?, value)?;
    rows(reach, &page.asking(vec![test], None), &columns).await
}

/// `load`: the row of one file.
pub(super) async fn load(reach: &Reach<'_>, args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), id, columns] = args else { return Err(Trouble::Shape) };
    let no = file_no(id)?;
    file_box(table)?;
    let columns = selected(columns)?;
    Ok(row(&reach.file(no).await?, &columns))
}

/// `count`: how many rows a struct of criteria asks for.
pub(super) async fn count(reach: &Reach<'_>, args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), criteria] = args else { return Err(Trouble::Shape) };
    file_box(table)?;
    Ok(Value::count(reach.count(&criteria::tests(criteria)?).await?))
}

/// `add`, which no table takes.
pub(super) fn add(args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), Value::Struct(_)] = args else { return Err(Trouble::Shape) };
    file_box(table)?;
    let why = "rows of FileBox are made with FileService.uploadFile";
    Err(Fault::new(Kind::NoTableAccess, why).into())
}

/// `update`, which no field takes.
pub(super) fn update(args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), id, Value::Struct(members)] = args else { return Err(Trouble::Shape) };
    file_no(id)?;
    file_box(table)?;
    for (name, _) in members {
        Column::parse(name)?;
    }
    let why = "the fields of FileBox are read only; use FileService.renameFile and FileService.replaceFile";
    Err(Fault::new(Kind::NoFieldAccess, why).into())
}

/// `delete`, which no table takes.
pub(super) fn delete(args: &[Value]) -> Outcome<Value> {
    let [Value::Text(table), id] = args else { return Err(Trouble::Shape) };
    file_no(id)?;
    file_box(table)?;
    let why = "rows of FileBox are not deleted over XML-RPC; use DELETE of the REST API";
    Err(Fault::new(Kind::NoTableAccess, why).into())
}

/// Demands that a table is the one that is served.
fn file_box(table: &str) -> Result<(), Fault> {
    if table == FILE_BOX {
        return Ok(());
    }
    if ELSEWHERE.contains(&table) {
        return Err(Fault::new(Kind::NoTableAccess, format_args!("only FileBox is served here, not {table}")));
    }
    let table = table.escape_debug();
    Err(Fault::new(Kind::NoTableFound, format_args!("there is no table '{table}'; FileBox is the one that is served")))
}

/// The columns that a list of fields names, each once.
fn selected(fields: &Value) -> Outcome<Vec<Column>> {
    let Value::Array(fields) = fields else { return Err(Trouble::Shape) };
    if fields.is_empty() {
        return Err(Fault::new(Kind::NoFields, "name at least one field").into());
    }
    let mut columns = Vec::new();
    for field in fields {
        let name = field.as_text().ok_or_else(|| Trouble::invalid("a list of fields has names alone"))?;
        let column = Column::parse(&name)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Ok(columns)
}

/// The field that rows are ordered by, and whether downwards: that is the rule where nothing is said.
fn ordered(order: &[Value]) -> Outcome<Option<(&str, bool)>> {
    let (field, ascending) = match order {
        [] | [Value::Nil] | [Value::Nil, _] => return Ok(None),
        [Value::Text(field)] | [Value::Text(field), Value::Nil] => (field, false),
        [Value::Text(field), ascending] => (field, ascending.as_bool().ok_or(Trouble::Shape)?),
        _ => return Err(Trouble::Shape),
    };
    Ok((!field.is_empty()).then_some((field, !ascending)))
}

/// Which of the rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Page {
    offset: u64,
    limit: u32,
}

impl Page {
    /// From a limit and the number of a page, the first of which is 0.
    fn of(limit: &Value, page: &Value) -> Outcome<Page> {
        let (limit, page) = (counted("limit", limit)?.min(ROWS_MAX), counted("page", page)?);
        let offset = limit.saturating_mul(page).unsigned_abs();
        Ok(Page { offset, limit: u32::try_from(limit).unwrap_or_default() })
    }

    fn asking(self, tests: Vec<FileTest>, order: Option<Order<attache_core::FileSort>>) -> FileQuery {
        let (order, start) = (order.into_iter().collect(), Start::Offset(self.offset));
        Query { tests, order, start, limit: self.limit, life: Life::Living }
    }
}

fn counted(name: &str, value: &Value) -> Outcome<i64> {
    let (Value::Int(_) | Value::Double(_) | Value::Text(_)) = value else { return Err(Trouble::Shape) };
    let number = value.as_int().filter(|number| *number >= 0);
    number.ok_or_else(|| Trouble::invalid(format_args!("{name} is a whole number from 0 on")))
}

async fn rows(reach: &Reach<'_>, query: &FileQuery, columns: &[Column]) -> Outcome<Value> {
    if query.limit == 0 {
        return Ok(Value::Array(Vec::new()));
    }
    let page = reach.files(query).await?;
    Ok(Value::Array(page.items.iter().map(|reached| row(reached, columns)).collect()))
}

#[cfg(test)]
mod tests;
