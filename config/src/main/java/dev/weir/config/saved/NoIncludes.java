package dev.weir.config.saved;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.net.URL;

/** Rejects includes, because the settings of a command must not choose files to read. */
final class NoIncludes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String name) {
        throw refused();
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        throw refused();
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
        throw refused();
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String name) {
        throw refused();
    }

    private static ConfigException refused() {
        return new ConfigException.Generic("an include is not possible here");
    }
}
