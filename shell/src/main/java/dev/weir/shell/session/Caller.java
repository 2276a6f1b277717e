package dev.weir.shell.session;

import dev.weir.log.PlainText;
import org.apache.felix.service.command.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The user of the command that runs on this thread, for the log. */
public final class Caller {
    /** The session variable with the user's name. */
    static final String USER = "weir.user";

    private static final Logger LOG = LoggerFactory.getLogger(Caller.class);
    private static final int MOST_CHARACTERS = 80;

    private Caller() {}

    /** Logs a change with the user's name before it. */
    public static void log(String change, Object... values) {
        Object[] all = new Object[values.length + 1];
        all[0] = name();
        System.arraycopy(values, 0, all, 1, values.length);
        LOG.info("{} " + change, all);
    }

    private static String name() {
        Job job = Job.Utils.current();
        Object user = job == null ? null : job.session().get(USER);
        return user == null ? "a command" : PlainText.of(user.toString(), MOST_CHARACTERS);
    }
}
