package dev.weir.config.saved;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** HOCON of the settings of one drive or group, without includes and substitutions. */
public final class SettingsText {
    private static final ConfigRenderOptions READABLE = ConfigRenderOptions.defaults()
            .setJson(false)
            .setOriginComments(false)
            .setComments(false);

    private static final int VERSION_BYTES = 8;

    private SettingsText() {}

    /**
     * Parses settings.
     *
     * @param origin origin of the values
     * @throws com.typesafe.config.ConfigException if the text is not HOCON, or has an include or a substitution
     */
    public static ConfigObject parse(String text, String origin) {
        Config parsed = ConfigFactory.parseString(
                text,
                ConfigParseOptions.defaults()
                        .setSyntax(ConfigSyntax.CONF)
                        .setOriginDescription(origin)
                        .setIncluder(new NoIncludes()));
        if (!parsed.isResolved()) {
            throw new ConfigException.Generic("a substitution ${…} is not possible here");
        }
        return parsed.root();
    }

    /** Returns settings as readable HOCON, without enclosing braces. */
    public static String readable(ConfigObject settings) {
        if (settings.isEmpty()) {
            return "";
        }
        return settings.render(READABLE);
    }

    /** Returns the version of settings: equal settings have an equal version. */
    public static String version(ConfigObject settings) {
        byte[] text = settings.render(ConfigRenderOptions.concise()).getBytes(UTF_8);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(Arrays.copyOf(hash, VERSION_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
