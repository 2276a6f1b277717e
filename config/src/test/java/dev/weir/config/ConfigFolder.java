package dev.weir.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder with a {@code weir.conf}. */
record ConfigFolder(Path folder) {

    /** Base folder of relative command-line paths. */
    static final Path CWD = Path.of("/cwd");

    static final Path HOME = Path.of("/home/weir");

    Path file() {
        return folder.resolve("weir.conf");
    }

    ConfigFolder write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Reads a file with this text and these {@code -drive} options. */
    Reading read(String text, String... drives) {
        write("weir.conf", text);
        return ConfigFolder.read(inputs(List.of(drives), List.of()), TestTypes.ALL);
    }

    Inputs inputs(List<String> drives, List<String> listen) {
        return new Inputs(HOME, CWD, file(), drives, listen);
    }

    /** Reads {@code -drive} options without a file. */
    static Reading readOptions(String... drives) {
        return ConfigFolder.read(new Inputs(HOME, CWD, null, List.of(drives), List.of()), TestTypes.ALL);
    }

    /** Reads the inputs while no drive runs. */
    static Reading read(Inputs inputs, Types types) {
        return ConfigurationReader.read(inputs, types, Running.NONE, new PipeText());
    }
}
