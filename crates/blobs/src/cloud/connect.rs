//! From the URL of a bucket to something that speaks to it. Credentials come from the environment, by the names that each
//! vendor's own tools read.

use std::sync::Arc;

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, Checksum, S3ConditionalPut},
    azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder,
    multipart::MultipartStore,
    signer::Signer,
};

use super::{CloudOptions, traffic::Counts, wire::Connector};
use crate::{Bucket, BucketKind, Error};

/// What S3's tools read.
const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// The faces of one object store. Clones share it.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) objects: Arc<dyn ObjectStore>,
    pub(crate) parts: Arc<dyn MultipartStore>,
    /// Signs links, where the store can.
    pub(crate) signer: Option<Arc<dyn Signer>>,
    /// The requests to it.
    pub(crate) counts: Counts,
}

impl Store {
    pub(crate) fn of<S: ObjectStore + MultipartStore + Signer>(store: S) -> Self {
        let store = Arc::new(store);
        let (objects, parts) = (Arc::clone(&store) as _, Arc::clone(&store) as _);
        Self { objects, parts, signer: Some(store), counts: Counts::default() }
    }
}

/// Prepares to speak to a bucket.
pub(crate) fn connect(bucket: &Bucket, options: &CloudOptions) -> Result<Store, Error> {
    let connector = Connector::new(options)?;
    let counts = connector.counts();
    let store = match bucket.kind {
        BucketKind::S3 => {
            check_credentials(bucket)?;
            s3(AmazonS3Builder::from_env(), bucket, connector)
        }
        BucketKind::Google => google(bucket, connector),
        BucketKind::Azure => azure(bucket, connector),
    };
    Ok(Store { counts, ..store? })
}

/// Only a machine of Amazon's gets credentials from elsewhere than the environment.
fn check_credentials(bucket: &Bucket) -> Result<(), Error> {
    let missing = [KEY, SECRET].into_iter().find(|name| std::env::var_os(name).is_none());
    match missing.filter(|_| bucket.endpoint.is_some()) {
        None => Ok(()),
        Some(name) => {
            let why = format!("{KEY} and {SECRET} must be in the environment, but {name} is not");
            Err(Error::Settings { why })
        }
    }
}

/// As [`connect`] does for S3, with credentials that are not those of the environment.
#[cfg(feature = "testing")]
pub(crate) fn connect_as(bucket: &Bucket, options: &CloudOptions, key: &str, secret: &str) -> Result<Store, Error> {
    let builder = AmazonS3Builder::new().with_access_key_id(key).with_secret_access_key(secret);
    s3(builder, bucket, Connector::new(options)?)
}

fn s3(builder: AmazonS3Builder, bucket: &Bucket, connector: Connector) -> Result<Store, Error> {
    let mut builder = builder
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_client_options(plain(bucket))
        .with_allow_http(is_plain(bucket))
        .with_retry(no_tries())
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        // Not every S3 store can remove many at once, and each of ours goes alone.
        .with_disable_bulk_delete(true)
        .with_http_connector(connector);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false);
    }
    if bucket.checksums {
        builder = builder.with_checksum_algorithm(Checksum::SHA256);
    }
    builder.build().map(Store::of).map_err(unusable)
}

fn google(bucket: &Bucket, connector: Connector) -> Result<Store, Error> {
    let mut builder = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(&bucket.name)
        .with_client_options(plain(bucket))
        .with_retry(no_tries())
        .with_http_connector(connector);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_base_url(endpoint);
    }
    builder.build().map(Store::of).map_err(unusable)
}

fn azure(bucket: &Bucket, connector: Connector) -> Result<Store, Error> {
    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_container_name(&bucket.name)
        .with_client_options(plain(bucket))
        .with_retry(no_tries())
        .with_http_connector(connector);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint.clone()).with_allow_http(is_plain(bucket));
    }
    builder.build().map(Store::of).map_err(unusable)
}

fn is_plain(bucket: &Bucket) -> bool {
    bucket.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"))
}

fn plain(bucket: &Bucket) -> ClientOptions {
    ClientOptions::new().with_allow_http(is_plain(bucket))
}

/// The library's own tries are off: ours know what may be tried again.
fn no_tries() -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: 0, ..RetryConfig::default() }
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn unusable(error: object_store::Error) -> Error {
    Error::Settings { why: error.to_string() }
}
