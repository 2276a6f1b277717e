package dev.weir.shell.command;

import org.junit.jupiter.api.Test;

final class TypeCommandsTest extends CommandsFixture {
    private final TypeCommands types = new TypeCommands(services);

    @Test
    void policiesBackendsAndFilters() {
        shows("TYPE    DRIVES\nbucket  vm1, scratch\nslice   -", 80, types.policies());
        shows("TYPE    OPTIONS\nfile    path=PATH [create=FLAG]\nmemory  size=BYTES", 80, types.backends());
        shows("TYPE   OPTIONS                 DRIVES\ntrace  [slower-than=DURATION]  -", 80, types.filters());
    }
}
