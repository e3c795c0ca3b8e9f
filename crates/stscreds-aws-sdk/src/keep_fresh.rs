/// Gives a client of any service all that an [`SdkCache`](crate::SdkCache) has for it:
/// credentials, identity cache and [`SelfHeal`](crate::SelfHeal).
///
/// `keep_fresh!(builder, cache)` returns the builder with four settings applied. It is a macro
/// because the builders of the SDK's services share these methods but no trait. An
/// `SdkConfig` can carry only the first two.
///
/// ```
/// # fn example(sdk_config: &aws_types::SdkConfig, cache: stscreds_aws_sdk::SdkCache) {
/// use stscreds_aws_sdk::keep_fresh;
///
/// let builder = aws_sdk_sts::config::Builder::from(sdk_config);
/// let client = aws_sdk_sts::Client::from_conf(keep_fresh!(builder, cache).build());
/// # }
/// ```
#[macro_export]
macro_rules! keep_fresh {
    ($builder:expr, $cache:expr $(,)?) => {{
        let cache: &$crate::SdkCache = &$cache;
        let mut builder = $builder;
        // Not `credentials_provider`, whose wrapper the identity cache would not recognise.
        builder
            .set_credentials_provider(::core::option::Option::Some(cache.credentials_provider()));
        builder
            .identity_cache(cache.identity_cache())
            .interceptor(cache.self_heal())
            .retry_classifier(cache.self_heal())
    }};
}
