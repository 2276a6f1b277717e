package dev.weir.drive.settings;

import dev.weir.drive.Drive;
import dev.weir.fault.FaultSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a drive. In Configuration Admin they are a factory configuration {@code weir.drive~NAME}. Required
 * properties:
 *
 * <ul>
 * <li>{@code weir.drive.name}
 * <li>{@code backend.type}
 * </ul>
 *
 * <p>Optional properties:
 *
 * <ul>
 * <li>{@code backend.OPTION}
 * <li>{@code read-only} ({@link Boolean})
 * <li>{@code policy}
 * <li>{@code group}
 * <li>{@code limits.KEY} ({@link Long})
 * <li>{@code weight}, {@code min.bps}, {@code min.iops} ({@link Long})
 * <li>{@code charge-discards} ({@code request} or {@code length})
 * <li>{@code flushes} ({@link Long})
 * <li>{@code filters} ({@code String[]}: their types, the one nearest to the client first)
 * <li>{@code filter.N.OPTION}: an option of the filter at place N, from 0
 * <li>{@code faults} and {@code faults.OPTION}: the options of the faults, as in {@link FaultSettings}
 * <li>{@code description}
 * <li>{@code weir.drive.clients} ({@code String[]})
 * </ul>
 *
 * <p>Immutable.
 *
 * @param name the name of the drive
 * @param backendType the type of the backend such as {@code file}
 * @param backendOptions the options of the backend by name
 * @param readOnly whether writes are rejected
 * @param policy the type of the policy such as {@code bucket}
 * @param group the group whose limits apply beside the drive's own; may be null
 * @param limits the drive's own limits
 * @param description the text for clients and operators; may be empty
 * @param clients the only clients that may see the drive (see {@link Drive#CLIENTS}); empty if all may
 * @param charging how requests that move no data are charged
 * @param filters the filters in front of the backend, the one nearest to the client first
 * @param share the share in the limits of the group and above
 * @param faults the faults on purpose
 */
public record DriveSettings(
        String name,
        String backendType,
        Map<String, Object> backendOptions,
        boolean readOnly,
        String policy,
        @Nullable String group,
        ThrottleLimits limits,
        String description,
        List<String> clients,
        Charging charging,
        List<FilterSettings> filters,
        Share share,
        FaultSettings faults) {

    /** The factory PID of drives. */
    public static final String PID = "weir.drive";

    /** The policy of a drive that names none. */
    public static final String DEFAULT_POLICY = "bucket";

    private static final String BACKEND = "backend.";
    private static final String TYPE = BACKEND + "type";
    private static final String READ_ONLY = "read-only";
    private static final String GROUP = "group";
    private static final String DESCRIPTION = "description";

    /**
     * {@return the PID of the configuration of a drive}
     *
     * @param drive the name of the drive
     */
    public static String pid(String drive) {
        return PID + "~" + drive;
    }

    /**
     * Copies the options, the clients and the filters.
     *
     * @param name the name of the drive
     * @param backendType the type of the backend
     * @param backendOptions the options of the backend by name
     * @param readOnly whether writes are rejected
     * @param policy the type of the policy
     * @param group the group whose limits apply beside the drive's own; may be null
     * @param limits the drive's own limits
     * @param description the text for clients and operators; may be empty
     * @param clients the only clients that may see the drive; empty if all may
     * @param charging how requests that move no data are charged
     * @param filters the filters in front of the backend, the one nearest to the client first
     * @param share the share in the limits of the group and above
     * @param faults the faults on purpose
     */
    public DriveSettings {
        backendOptions = Map.copyOf(backendOptions);
        clients = List.copyOf(clients);
        filters = List.copyOf(filters);
    }

    /**
     * {@return a builder of settings} A drive without further settings is writable and visible to all clients. It has
     * the default policy and no limits.
     *
     * @param name the name of the drive
     * @param backendType the type of the backend
     */
    public static Builder builder(String name, String backendType) {
        return new Builder(name, backendType);
    }

    /**
     * {@return the settings in the properties of a configuration; unknown properties are ignored}
     *
     * @param properties the properties of the configuration
     * @throws IllegalArgumentException if a property is missing, of the wrong type or out of range
     */
    public static DriveSettings of(Map<String, ?> properties) {
        Map<String, Object> options = new LinkedHashMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(BACKEND) && !key.equals(TYPE)) {
                options.put(key.substring(BACKEND.length()), value);
            }
        });
        Object group = properties.get(GROUP);
        return builder(SettingsProperties.text(properties, Drive.NAME), SettingsProperties.text(properties, TYPE))
                .options(options)
                .readOnly(Boolean.parseBoolean(Objects.toString(properties.get(READ_ONLY), "false")))
                .policy(SettingsProperties.policy(properties))
                .group(group == null ? null : group.toString())
                .limits(SettingsProperties.limits(properties))
                .description(Objects.toString(properties.get(DESCRIPTION), ""))
                .clients(properties.get(Drive.CLIENTS) instanceof String[] clients ? List.of(clients) : List.of())
                .charging(SettingsProperties.charging(properties))
                .filters(FilterSettings.of(properties))
                .share(SettingsProperties.share(properties))
                .faults(SettingsProperties.faults(properties))
                .build();
    }

    /** {@return the properties of the {@link Drive} service with these settings} */
    public Map<String, Object> serviceProperties() {
        return clients.isEmpty()
                ? Map.of(Drive.NAME, name)
                : Map.of(Drive.NAME, name, Drive.CLIENTS, clients.toArray(String[]::new));
    }

    /** {@return the properties of a configuration with these settings} */
    public Map<String, Object> toProperties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.putAll(serviceProperties());
        properties.put(TYPE, backendType);
        backendOptions.forEach((option, value) -> properties.put(BACKEND + option, value));
        properties.put(READ_ONLY, readOnly);
        if (group != null) {
            properties.put(GROUP, group);
        }
        if (!description.isEmpty()) {
            properties.put(DESCRIPTION, description);
        }
        SettingsProperties.put(properties, charging);
        FilterSettings.put(properties, filters);
        SettingsProperties.put(properties, faults);
        properties.putAll(share.toMap());
        SettingsProperties.put(properties, policy, limits);
        return properties;
    }

    /** Builds the settings of a drive. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final String backendType;
        private Map<String, Object> backendOptions = Map.of();
        private boolean readOnly;
        private String policy = DEFAULT_POLICY;
        private @Nullable String group;
        private ThrottleLimits limits = ThrottleLimits.NONE;
        private String description = "";
        private List<String> clients = List.of();
        private Charging charging = Charging.DEFAULT;
        private List<FilterSettings> filters = List.of();
        private Share share = Share.DEFAULT;
        private FaultSettings faults = FaultSettings.NONE;

        private Builder(String name, String backendType) {
            this.name = name;
            this.backendType = backendType;
        }

        /**
         * Sets the options of the backend.
         *
         * @param options the options by name
         * @return this
         */
        public Builder options(Map<String, Object> options) {
            backendOptions = options;
            return this;
        }

        /**
         * Sets whether writes are rejected.
         *
         * @param readOnly whether writes are rejected
         * @return this
         */
        public Builder readOnly(boolean readOnly) {
            this.readOnly = readOnly;
            return this;
        }

        /**
         * Sets the policy.
         *
         * @param policy the type of the policy
         * @return this
         */
        public Builder policy(String policy) {
            this.policy = policy;
            return this;
        }

        /**
         * Sets the group.
         *
         * @param group the group whose limits apply beside the drive's own; may be null
         * @return this
         */
        public Builder group(@Nullable String group) {
            this.group = group;
            return this;
        }

        /**
         * Sets the drive's own limits.
         *
         * @param limits the limits
         * @return this
         */
        public Builder limits(ThrottleLimits limits) {
            this.limits = limits;
            return this;
        }

        /**
         * Sets the description.
         *
         * @param description the text for clients and operators; may be empty
         * @return this
         */
        public Builder description(String description) {
            this.description = description;
            return this;
        }

        /**
         * Sets the clients.
         *
         * @param clients the only clients that may see the drive; empty if all may
         * @return this
         */
        public Builder clients(List<String> clients) {
            this.clients = clients;
            return this;
        }

        /**
         * Sets the charging.
         *
         * @param charging how requests that move no data are charged
         * @return this
         */
        public Builder charging(Charging charging) {
            this.charging = charging;
            return this;
        }

        /**
         * Sets the filters.
         *
         * @param filters the filters in front of the backend, the one nearest to the client first
         * @return this
         */
        public Builder filters(List<FilterSettings> filters) {
            this.filters = filters;
            return this;
        }

        /**
         * Sets the share.
         *
         * @param share the share in the limits of the group and above
         * @return this
         */
        public Builder share(Share share) {
            this.share = share;
            return this;
        }

        /**
         * Sets the faults.
         *
         * @param faults the faults on purpose
         * @return this
         */
        public Builder faults(FaultSettings faults) {
            this.faults = faults;
            return this;
        }

        /** {@return the settings} */
        public DriveSettings build() {
            return new DriveSettings(
                    name,
                    backendType,
                    backendOptions,
                    readOnly,
                    policy,
                    group,
                    limits,
                    description,
                    clients,
                    charging,
                    filters,
                    share,
                    faults);
        }
    }
}
