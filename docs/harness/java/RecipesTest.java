import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityRequest;
import software.amazon.awssdk.services.sts.model.StsException;

/** A recipe for each thing that code which uses AWS STS gets wrong. */
class RecipesTest {
  private static final String ACCOUNT = "arn:aws:iam::111122223333";

  @RegisterExtension final FakeSts sts = new FakeSts();

  @Test
  void aRoleIsAssumed() {
    StsClient session = sts.client(sts.client().assumeRole(role("plain").build()).credentials());

    String arn = session.getCallerIdentity().arn();
    assertEquals("arn:aws:sts::111122223333:assumed-role/plain/me", arn);
  }

  @Test
  void aRoleWantsAFreshMfaCode() {
    String device = ACCOUNT + ":mfa/alice";
    AssumeRoleRequest wanted = role("mfa").serialNumber(device).tokenCode(sts.totp(device)).build();

    sts.client().assumeRole(wanted);

    StsException again = refusal(() -> sts.client().assumeRole(wanted)); // a code serves once
    assertTrue(again.getMessage().contains("MultiFactorAuthentication failed"));
  }

  @Test
  void anIdentityTokenIsTradedForASession() {
    String subject = "repo:me/mine:ref:refs/heads/main";
    AssumeRoleWithWebIdentityRequest mine = trade(sts.mint(Map.of("subject", subject)));
    assertEquals(subject, sts.client().assumeRoleWithWebIdentity(mine).subjectFromWebIdentityToken());

    AssumeRoleWithWebIdentityRequest foreign = trade(sts.mint(Map.of("audience", "somebody-else")));
    StsException refusal = refusal(() -> sts.client().assumeRoleWithWebIdentity(foreign));
    assertEquals("InvalidIdentityToken", refusal.awsErrorDetails().errorCode());
  }

  @Test
  void aSessionExpires() {
    StsClient session = sts.client(sts.client().assumeRole(role("plain").build()).credentials());

    sts.advance(Duration.ofHours(1));

    assertEquals("ExpiredToken", refusal(session::getCallerIdentity).awsErrorDetails().errorCode());
  }

  @Test
  void aClientTriesAgainWhenItIsThrottled() {
    Map<String, ?> throttling = Map.of("error", Map.of("code", "Throttling"));
    sts.fault(Map.of("effect", throttling, "on", List.of("AssumeRole"), "times", 1));

    sts.client().assumeRole(role("plain").build());

    assertEquals(List.of(400, 200), List.of(status(0), status(1)));
  }

  @Test
  void whatDidMyCodeCall() {
    sts.client().assumeRole(role("plain").build());

    JsonNode call = sts.calls().path(0);
    assertEquals("AssumeRole", call.path("operation").asText());
    assertEquals(ACCOUNT + ":user/alice", call.path("caller").asText());
    assertEquals("me", call.path("parameters").path("RoleSessionName").asText());
  }

  @Test
  void whyWasMyCodeRefused() {
    refusal(() -> sts.client().assumeRole(role("external").build()));

    // What STS never tells: which condition of which statement failed.
    assertTrue(sts.calls().path(0).path("explanation").asText().contains("sts:ExternalId"));
  }

  private int status(int call) {
    return sts.calls().path(call).path("status").asInt();
  }

  private static AssumeRoleRequest.Builder role(String name) {
    return AssumeRoleRequest.builder().roleArn(ACCOUNT + ":role/" + name).roleSessionName("me");
  }

  private static AssumeRoleWithWebIdentityRequest trade(String token) {
    return AssumeRoleWithWebIdentityRequest.builder()
        .roleArn(ACCOUNT + ":role/web")
        .roleSessionName("ci")
        .webIdentityToken(token)
        .build();
  }

  private static StsException refusal(Executable call) {
    return assertThrows(StsException.class, call);
  }
}
