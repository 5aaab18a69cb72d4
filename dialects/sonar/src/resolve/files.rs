//! Lists of files: all that there are, and those of owners. What nobody selected is not asked for.

use super::aggregate::{self, Asked};
use super::args::{ListArgs, read};
use super::connection::Connection;
use super::file::Listed;
use super::page::{Page, PageInfo};
use super::{Loaders, Node, order, required, search};
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_core::{Aggregated, FileQuery, FileSort, FileTest, Life, Order};
use attache_model::{Owner, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// What is asked of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    tests: Vec<FileTest>,
    order: Vec<Order<FileSort>>,
    page: Page,
    asked: Vec<Asked>,
    /// Whether the files themselves are wanted.
    rows: bool,
    /// Whether it is wanted how many there are.
    total: bool,
}

/// The lists of some owners.
#[derive(Debug)]
pub(super) struct Lists {
    files: HashMap<Owner, (Vec<Arc<Listed>>, Option<u64>)>,
    figures: HashMap<Owner, Vec<Aggregated>>,
}

impl Question {
    /// The question that a field's arguments and its selection are.
    ///
    /// # Errors
    /// `Invalid` for arguments that cannot be.
    pub(super) async fn of(ctx: &ResolverContext<'_>, loaders: &Loaders) -> Result<Question> {
        let args: ListArgs = read(&ctx.args)?;
        let selected = ctx.ctx.look_ahead();
        let info = selected.field("page_info");
        let (rows, figures) = (selected.field("entities").exists(), selected.field("aggregations").exists());
        let total = info.field("total_count").exists() || info.field("total_pages").exists();
        let page = Page::of(args.paginator.as_ref(), loaders.limits().graphql_page)?;
        let order = order::files(&args.sorter)?;
        let asked = aggregate::read(&args.aggregation)?;
        let tests = match search::asks_for_users(&args) {
            true => search::tests(&args, &loaders.people().await?)?,
            false => search::tests(&args, &[])?,
        };
        Ok(Question { tests, order, page, asked: if figures { asked } else { Vec::new() }, rows, total })
    }

    fn query(&self) -> FileQuery {
        FileQuery {
            tests: self.tests.clone(),
            order: self.order.clone(),
            start: self.page.start(),
            limit: self.page.limit(),
            life: Life::Living,
        }
    }

    /// The answer about all files.
    async fn of_all(&self, loaders: &Loaders) -> Result<Connection> {
        let reach = loaders.reach()?;
        let files = match self.rows {
            true => reach.list_files(&self.query()).await?.items,
            false => Vec::new(),
        };
        let told = if self.rows { self.page.total(files.len()) } else { None };
        let total = match told {
            Some(total) => Some(total),
            None if self.total => Some(reach.count(&self.tests).await?),
            None => None,
        };
        let figures = match self.asked.as_slice() {
            [] => Vec::new(),
            some => reach.aggregate(&self.tests, &aggregate::questions(some)).await?,
        };
        Ok(self.connection(Listed::together(files), total, figures))
    }

    /// The answers about the files of some owners, each apart.
    pub(super) async fn of_owners(&self, loaders: &Loaders, owners: &[Owner]) -> Result<Lists> {
        let reach = loaders.reach()?;
        let files = match self.rows || self.total {
            true => reach.files_of(owners, &self.query(), self.total).await?,
            false => HashMap::new(),
        };
        let figures = match self.asked.as_slice() {
            [] => HashMap::new(),
            some => reach.aggregate_of(owners, &self.tests, &aggregate::questions(some)).await?,
        };
        // All files know each other, whosever they are.
        let counts: Vec<_> = files.iter().map(|(owner, of)| (*owner, of.files.len(), of.total)).collect();
        let mut all = Listed::together(files.into_values().flat_map(|of| of.files).collect()).into_iter();
        let files =
            counts.into_iter().map(|(owner, count, total)| (owner, (all.by_ref().take(count).collect(), total)));
        Ok(Lists { files: files.collect(), figures })
    }

    fn connection(&self, files: Vec<Arc<Listed>>, total: Option<u64>, figures: Vec<Aggregated>) -> Connection {
        Connection {
            entities: files.into_iter().map(Node::File).collect(),
            info: PageInfo::new(self.page, total),
            aggregations: aggregate::told(&self.asked, figures),
        }
    }
}

impl Lists {
    /// The answer about one of the owners.
    pub(super) fn of(&self, owner: Owner, question: &Question) -> Connection {
        let (files, total) = self.files.get(&owner).cloned().unwrap_or_default();
        let figures = self.figures.get(&owner).cloned().unwrap_or_default();
        question.connection(files, total, figures)
    }
}

/// `files`: those that the caller may see.
pub(super) fn list(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let loaders = Loaders::of(&ctx)?;
            let connection = Question::of(&ctx, loaders).await?.of_all(loaders).await?;
            Ok(FieldValue::owned_any(Node::Connection(connection)))
        };
        required(&ctx, told.await)
    })
}
