package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.access.AccessToken;
import dev.weir.access.ControlAccess;
import dev.weir.event.EventLog;
import dev.weir.event.StateEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventsCommandTest extends CommandsFixture {
    private final EventsCommand command = new EventsCommand(services);

    private static final class Log implements EventLog {
        @Override
        public String epoch() {
            return "e";
        }

        @Override
        public List<Entry> after(long id) {
            return List.of(
                    new Entry(
                            7, new StateEvent(StateEvent.DRIVE_STATE, "vm1", 1_500, Map.of("state", "holding\u001b"))),
                    new Entry(8, new StateEvent(StateEvent.CONFIGURATION, "", 2_000, Map.of("faults", List.of()))));
        }

        @Override
        public AutoCloseable listen(Runnable listener) {
            return () -> {};
        }
    }

    private static final class Access implements ControlAccess {
        @Override
        public List<AccessToken> tokens() {
            return List.of();
        }

        @Override
        public String add(String name, boolean readOnly) {
            return "";
        }

        @Override
        public void revoke(String name) {}

        @Override
        public List<String> consoleLinks() {
            return List.of();
        }

        @Override
        public EventLog events() {
            return new Log();
        }
    }

    @Test
    void eventsAreListedWithTheirOwnTimes() {
        services.access = new Access();
        shows(
                """
                TIME                  EVENT          OF   DETAILS
                1970-01-01T00:00:01Z  drive-state    vm1  state=holding?
                1970-01-01T00:00:02Z  configuration  -    faults=[]
                """,
                80,
                command.events());
        assertEquals(
                "[{\"time\":\"1970-01-01T00:00:01.500Z\",\"id\":\"e-7\",\"type\":\"drive-state\",\"subject\":\"vm1\","
                        + "\"details\":{\"state\":\"holding\\u001b\"}},"
                        + "{\"time\":\"1970-01-01T00:00:02Z\",\"id\":\"e-8\",\"type\":\"configuration\",\"subject\":\"\","
                        + "\"details\":{\"faults\":[]}}]",
                command.events("--json"));
    }

    @Test
    void eventsNeedTheApi() {
        refuses("no events are recorded; control.listen in the configuration turns them on", command::events);
    }
}
