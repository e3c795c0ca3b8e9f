import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * A fake AWS STS for each test. Copy this file beside yours.
 *
 * <p>{@code @RegisterExtension final FakeSts sts = new FakeSts();} The binary is searched on the PATH, or is the one that
 * FAKE_STS_BIN names.
 */
public final class FakeSts implements BeforeEachCallback, AfterEachCallback {
  /** It takes some milliseconds. */
  private static final long START_TIMEOUT_SECONDS = 10;

  private static final String READY = "fake-sts ready on ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> command = new ArrayList<>();
  private Process process;
  private URI uri;

  /** Arguments are those of the binary, such as "--world", "world.toml". */
  public FakeSts(String... arguments) {
    command.add(System.getenv().getOrDefault("FAKE_STS_BIN", "fake-sts"));
    command.addAll(List.of(arguments));
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    forgetClockOffset();
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    CompletableFuture<String> ready = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(lines, ready));
    reader.setDaemon(true);
    reader.start();
    String line = ready.completeOnTimeout("", START_TIMEOUT_SECONDS, TimeUnit.SECONDS).get();
    if (!line.startsWith(READY)) {
      process.destroy();
      throw new IllegalStateException(command.get(0) + " did not start; it wrote the reason to stderr");
    }
    uri = URI.create(line.substring(READY.length()).trim());
  }

  /**
   * The SDK keeps one clock offset for the whole JVM, and takes it from the Date of any 401 or 403. After a test that
   * advances its fake, every later client would sign for that fake's time.
   */
  private static void forgetClockOffset() {
    SdkGlobalTime.setGlobalTimeOffset(0);
  }

  /** Reads on after the first line, so that whatever it prints later does not fill the pipe. */
  private static void read(BufferedReader lines, CompletableFuture<String> ready) {
    try {
      String line = lines.readLine();
      ready.complete(line == null ? "" : line);
      lines.transferTo(Writer.nullWriter());
    } catch (IOException ended) {
      ready.complete("");
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  public URI uri() {
    return uri;
  }

  /** A client of this fake, as alice. */
  public StsClient client() {
    for (JsonNode account : control("GET", "state", null).path("accounts")) {
      for (JsonNode user : account.path("users")) {
        if (user.path("name").asText().equals("alice")) {
          JsonNode key = user.path("access_keys").path(0);
          return client(AwsBasicCredentials.create(key.path("id").asText(), key.path("secret").asText()));
        }
      }
    }
    throw new NoSuchElementException("there is no user alice in this world");
  }

  /** A client of this fake, with the credentials that an operation answered. */
  public StsClient client(Credentials session) {
    return client(
        AwsSessionCredentials.create(
            session.accessKeyId(), session.secretAccessKey(), session.sessionToken()));
  }

  private StsClient client(AwsCredentials credentials) {
    return StsClient.builder()
        .endpointOverride(uri)
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .build();
  }

  /**
   * Lets time pass in the fake. The SDK goes on to sign with the clock of the machine, and STS takes signatures of a
   * quarter of an hour: from now on this one takes those of a day.
   */
  public void advance(Duration duration) {
    ObjectNode world = (ObjectNode) control("GET", "state", null);
    world.withObject("/switches").put("signature_window", 24 * 60);
    control("PUT", "state", world);
    control("PUT", "clock", Map.of("advance", duration.toSeconds()));
  }

  /** The code that an MFA device shows now. Each serves once. */
  public String totp(String serial) {
    return control("GET", "totp/" + serial, null).path("code").asText();
  }

  /** A token of the built-in issuer, such as mint(Map.of("subject", "me", "expires_in", 60)). */
  public String mint(Map<String, ?> wish) {
    return control("POST", "mint", wish).path("token").asText();
  }

  /** Lets calls go wrong, such as fault(Map.of("effect", Map.of("error", Map.of("code", "Throttling")), "times", 2)). */
  public void fault(Map<String, ?> fault) {
    control("POST", "faults", fault);
  }

  /** What the fake was asked, the oldest first, and how it decided. */
  public JsonNode calls() {
    return control("GET", "calls", null).path("calls");
  }

  /** Anything else below /_fake-sts/. */
  public JsonNode control(String method, String path, Object wish) {
    try {
      String body = wish == null ? "" : JSON.writeValueAsString(wish);
      HttpRequest request =
          HttpRequest.newBuilder(uri.resolve("/_fake-sts/" + path))
              .header("Content-Type", "application/json")
              .method(method, BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(method + " " + path + ": " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (IOException failure) {
      throw new IllegalStateException(method + " " + path, failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(method + " " + path, interruption);
    }
  }
}
