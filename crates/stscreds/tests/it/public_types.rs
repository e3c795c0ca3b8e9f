//! What can be shared between threads stays so: each line fails to compile otherwise.
//! The types of `stscreds-token` and `stscreds-provider` are held to it there.

use std::fmt::Debug;

use stscreds::aws_sdk::{
    CliCache, CliSession, Environment, OutboundTokenCache, ProfileFile, ProfileLoader,
    ProfileProvider, Profiles, SdkProvider, SdkSource, SelfHeal, Shell,
};
use stscreds::cache::event::Event;
use stscreds::cache::policy::{Deadlines, Phase};
use stscreds::cache::{
    Cache, CacheBuilder, ClockSkew, CredentialsCacheBuilder, Observer, Source, Stats, Subscription,
    Upkeep, Value,
};
use stscreds::core::{
    Actor, Clock, CredentialsBuilder, InteractiveScope, ManualClock, ParseTimestampError,
    ProviderSource, SecretString, TimeSource, Timestamp,
};
use stscreds::{
    Credentials, CredentialsCache, CredentialsProvider, Error, ErrorKind, RefreshPolicy, SdkCache,
    StsClient,
};

const fn shared<T: Send + Sync + 'static>() {}

const fn shared_and_shown<T: Send + Sync + Debug + 'static>() {}

const fn shared_and_thrown<T: Send + Sync + std::error::Error + Clone + 'static>() {}

/// A trait whose objects can be shared.
const fn object<T: Send + Sync + ?Sized>() {}

/// Bounds that every implementer of a trait for values has.
const fn value<T: Value + Send + Sync>() {}

const _: () = {
    shared_and_shown::<Actor>();
    shared_and_shown::<Clock>();
    shared_and_shown::<Credentials>();
    shared_and_shown::<CredentialsBuilder>();
    shared_and_shown::<ErrorKind>();
    shared_and_shown::<InteractiveScope>();
    shared_and_shown::<ManualClock>();
    shared_and_shown::<ProviderSource>();
    shared_and_shown::<SecretString>();
    shared_and_shown::<Timestamp>();
    shared_and_thrown::<Error>();
    shared_and_thrown::<ParseTimestampError>();
    object::<dyn CredentialsProvider>();
    object::<dyn TimeSource>();
};

const _: () = {
    shared_and_shown::<Cache<Credentials>>();
    shared::<CacheBuilder<Credentials>>();
    shared_and_shown::<ClockSkew>();
    shared_and_shown::<CredentialsCache>();
    shared::<CredentialsCacheBuilder>();
    shared_and_shown::<Deadlines>();
    shared::<Observer>();
    shared_and_shown::<Event>();
    shared_and_shown::<Phase>();
    shared_and_shown::<RefreshPolicy>();
    shared_and_shown::<Stats>();
    shared::<Subscription>();
    shared::<Upkeep>();
    object::<dyn Source<Credentials>>();
    value::<Credentials>();
};

const _: () = {
    shared_and_shown::<CliCache>();
    shared_and_shown::<CliSession>();
    shared_and_shown::<Environment>();
    shared_and_shown::<OutboundTokenCache>();
    shared_and_shown::<ProfileFile>();
    shared_and_shown::<ProfileLoader>();
    shared_and_shown::<ProfileProvider>();
    shared_and_shown::<Profiles>();
    shared_and_shown::<SdkCache>();
    shared_and_shown::<SdkProvider>();
    shared_and_shown::<SdkSource<SdkProvider>>();
    shared_and_shown::<SelfHeal>();
    shared_and_shown::<Shell>();
    shared_and_shown::<StsClient>();
};
