import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.vault.authentication.AppRoleAuthentication;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions;
import org.springframework.vault.authentication.LifecycleAwareSessionManager;
import org.springframework.vault.authentication.TokenAuthentication;
import org.springframework.vault.client.VaultClients;
import org.springframework.vault.client.VaultEndpoint;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.vault.core.VaultKeyValueOperations;
import org.springframework.vault.core.VaultKeyValueOperationsSupport.KeyValueBackend;
import org.springframework.vault.core.VaultTemplate;
import org.springframework.vault.support.Versioned;
import org.springframework.vault.support.Versioned.Version;

/**
 * What programs in Java do with Spring Vault and with the Vault Java Driver. Arguments: the address, the token of an
 * admin, the slug of a user and a token of it.
 */
public class Session {
    public static void main(String[] args) throws Exception {
        withSpring(args[0], args[1], args[2], args[3]);
        withDriver(args[0], args[1], args[2], args[3]);
        System.out.println("done");
    }

    static void withSpring(String address, String token, String slug, String userToken) throws Exception {
        VaultEndpoint endpoint = VaultEndpoint.from(URI.create(address));
        VaultTemplate vault = new VaultTemplate(endpoint, new TokenAuthentication(token));
        vault.afterPropertiesSet();
        equal("initialized", vault.opsForSys().health().isInitialized(), true);
        VaultKeyValueOperations kv = vault.opsForKeyValue("secret", KeyValueBackend.KV_2);
        kv.put("spring/a", Map.of("u", "1"));
        equal("get", kv.get("spring/a").getData(), Map.of("u", "1"));
        equal("patch", kv.patch("spring/a", Map.of("p", "2")), true);
        equal("patched", kv.get("spring/a").getData(), Map.of("u", "1", "p", "2"));
        equal("list", kv.list("spring"), List.of("a"));
        equal("nothing", kv.get("spring/none"), null);
        kv.delete("spring/a");
        equal("deleted", kv.get("spring/a") == null || kv.get("spring/a").getData() == null, true);

        var versioned = vault.opsForVersionedKeyValue("secret");
        equal("first version", versioned.put("spring/v", Map.of("a", "b")).getVersion(), Version.from(1));
        versioned.put("spring/v", Versioned.create(Map.of("a", "c"), Version.from(1)));
        refused("stale", () -> versioned.put("spring/v", Versioned.create(Map.of("a", "d"), Version.from(1))),
                "check-and-set parameter did not match the current version");
        equal("old version", versioned.get("spring/v", Version.from(1)).getData(), Map.of("a", "b"));
        versioned.delete("spring/v");
        versioned.undelete("spring/v", Version.from(2));
        equal("undeleted", versioned.get("spring/v").getData(), Map.of("a", "c"));
        versioned.destroy("spring/v", Version.from(1));

        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.afterPropertiesSet();
        var rest = VaultClients.createRestTemplate(endpoint, new SimpleClientHttpRequestFactory());
        AppRoleAuthenticationOptions options = AppRoleAuthenticationOptions.builder()
                .roleId(AppRoleAuthenticationOptions.RoleId.provided(slug))
                .secretId(AppRoleAuthenticationOptions.SecretId.provided(userToken)).build();
        var sessions = new LifecycleAwareSessionManager(new AppRoleAuthentication(options, rest), scheduler, rest);
        VaultTemplate user = new VaultTemplate(endpoint, new SimpleClientHttpRequestFactory(), sessions);
        user.opsForKeyValue("secret", KeyValueBackend.KV_2).put(slug + "/spring", Map.of("x", "1"));
        equal("a secret of others", user.opsForKeyValue("secret", KeyValueBackend.KV_2).get("spring/v"), null);
        // Revokes the token of the login.
        sessions.destroy();
        scheduler.shutdown();
        VaultTemplate later = new VaultTemplate(endpoint, new TokenAuthentication(userToken));
        equal("the token after its session",
                later.opsForKeyValue("secret", KeyValueBackend.KV_2).get(slug + "/spring").getData(), Map.of("x", "1"));
    }

    static void withDriver(String address, String token, String slug, String userToken) throws VaultException {
        Vault vault = Vault.create(new VaultConfig().address(address).token(token).engineVersion(2).build());
        equal("write", vault.logical().write("secret/driver/a", Map.of("x", "1", "n", 2)).getRestResponse().getStatus(), 200);
        equal("read", vault.logical().read("secret/driver/a").getData(), Map.of("x", "1", "n", "2"));
        equal("list", vault.logical().list("secret/driver").getListData(), List.of("a"));
        equal("nothing", vault.logical().read("secret/driver/none").getRestResponse().getStatus(), 404);
        equal("slug", vault.auth().lookupSelf().getPath(), "auth/token/create");
        String login = vault.auth().loginByAppRole(slug, userToken).getAuthClientToken();
        Vault user = Vault.create(new VaultConfig().address(address).token(login).engineVersion(2).build());
        equal("a secret of others", user.logical().read("secret/driver/a").getRestResponse().getStatus(), 404);
        // Nothing is revoked, and the answer says so in a warning. The driver expects an answer without a body.
        refused("end of the session", () -> user.auth().revokeSelf(), "lives on");
        Vault later = Vault.create(new VaultConfig().address(address).token(userToken).engineVersion(2).build());
        equal("the token after its session", later.auth().lookupSelf().getRestResponse().getStatus(), 200);
    }

    interface Call {
        void run() throws VaultException;
    }

    static void refused(String name, Call call, String text) {
        try {
            call.run();
        } catch (RuntimeException | VaultException error) {
            if (String.valueOf(error.getMessage()).contains(text)) return;
            throw new IllegalStateException(name, error);
        }
        throw new IllegalStateException(name + ": not refused");
    }

    static void equal(String name, Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) throw new IllegalStateException(name + ": " + got + ", wanted " + wanted);
    }
}
