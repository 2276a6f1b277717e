package dev.weir.launcher;

/** Help of the commands, at most 80 columns wide. */
final class HelpText {
    private static final String RUN =
            """
            Usage: weir [run] [--home DIR] [--config FILE] [-drive OPT=VAL[,OPT=VAL]...]...
                        [--listen ADDRESS]... [--no-shell]
                   weir exec COMMAND | shell | token | console | status | stop
                        [--home DIR]

            Serves virtual disks over NBD with limits on bytes/s and requests/s.

                  --home DIR         folder of all state: sockets, disks, logs; default:
                                       $WEIR_HOME, else ~/.local/state/weir
                  --config FILE      configuration file; default: HOME/weir.conf, created
                                       from a sample if missing
                  -drive OPT=VAL[,OPT=VAL]...
                                     an additional drive in QEMU's form; repeatable;
                                       without --config, HOME/weir.conf is not read;
                                       drives that commands have saved are served too
                                     storage: file=PATH, memory=SIZE or uri=NBD-URI;
                                       size=SIZE, read-only=on
                                     name: id=NAME
                                     limits: bps, bps_rd, bps_wr (bytes/s), iops, iops_rd,
                                       iops_wr (requests/s), each with KEY_max and
                                       KEY_max_length for bursts; iops_size;
                                       iops_per_gib, iops_floor, bps_per_gib, bps_floor;
                                       profile=NAME
                                     throttling: policy=bucket or slice, group=NAME,
                                       weight=N, min_bps, min_iops, flushes=N,
                                       charge-discards=length
                  --listen ADDRESS   address for NBD clients: unix:PATH or tcp:HOST:PORT;
                                       repeatable; replaces nbd.listen of the configuration
                  --no-shell         no shell, even on a terminal: stay in the foreground
                                       until SIGTERM
              -h, --help             show this text, or the help of a command
              -V, --version          show the version

            Commands:
              run     Serves drives until it is stopped. This is the default command.
              exec    Runs a command of the shell in the running Weir and prints its answer.
              shell   Opens a shell in the running Weir.
              token   Lists, adds and revokes the tokens of the HTTP API.
              console Makes a link to the web console.
              status  Shows whether a Weir runs in the home, and the state of its drives.
              stop    Stops the Weir in the home and waits for its end.

            Examples:
              weir                                     the drives of HOME/weir.conf, a shell
              weir -drive id=vm1,file=vm1.img,size=1G,bps=10M,iops=500
              weir -drive id=s,memory=1G,bps_wr=1M,policy=slice --listen tcp:127.0.0.1:10809
              weir run --config weir.conf --no-shell   as a service
            """;

    private static final String EXEC =
            """
            Usage: weir exec [--home DIR] COMMAND

            Runs a command of the shell in the running Weir and prints its answer. The exit
            status is 1 if the command fails.

            Examples:
              weir exec drives
              weir exec 'queue vm1'
              weir exec 'limits vm1 bps=20M'
              weir exec 'timers --json'

            """;

    private static final String SHELL =
            """
            Usage: weir shell [--home DIR]

            Opens a shell in the running Weir with line editing, Tab completion and history.
            exit or Ctrl-D closes it. Ctrl-] also works if Weir does not answer.

            """;

    private static final String TOKEN =
            """
            Usage: weir token [list | add NAME [--read-only] | revoke NAME] [--home DIR]

            Lists, adds and revokes the tokens of the HTTP API. Requests over TCP need one.
            The secret of a new token is shown once.

            Examples:
              weir token add ansible
              weir token add dashboard --read-only
              weir token revoke ansible

            """;

    private static final String CONSOLE =
            """
            Usage: weir console [--home DIR]

            Makes a link to the web console, which can be used once within five minutes.
            The console needs a TCP address in control.listen of the configuration.

            """;

    private static final String STATUS =
            """
            Usage: weir status [--json] [--home DIR]

            Shows whether a Weir runs in the home, and the state of its drives. The exit
            status is 0 if every drive is served, 1 if no Weir runs or answers, and 3 if a
            drive holds its queue or is unavailable, or the configuration has errors.

                  --json       as one line of JSON
            """;

    private static final String STOP =
            """
            Usage: weir stop [--home DIR]

            Stops the Weir in the home and waits for its end.

            """;

    private static final String CLIENTS =
            """
                  --home DIR   folder of all state of the Weir; default: $WEIR_HOME, else
                                 ~/.local/state/weir
              -h, --help       show this text
              -V, --version    show the version
            """;

    private HelpText() {}

    /** Returns the help of a command; lines end with a line feed. */
    static String of(Command command) {
        return switch (command) {
            case RUN -> RUN;
            case EXEC -> EXEC + CLIENTS;
            case SHELL -> SHELL + CLIENTS;
            case TOKEN -> TOKEN + CLIENTS;
            case CONSOLE -> CONSOLE + CLIENTS;
            case STATUS -> STATUS + CLIENTS;
            case STOP -> STOP + CLIENTS;
        };
    }
}
