package dev.weir.backend.file;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.block.HintedBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** Opens drives in raw image files and block devices. Thread-safe. */
@Component(property = "weir.backend.type=file", immediate = true)
public final class FileBackendFactory implements BlockBackendFactory {
    private final OpenImages images = new OpenImages();

    @Override
    public String type() {
        return "file";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(
                new BlockOption(
                        "path", Kind.PATH, true, "raw image or block device: byte n of it is byte n of the drive"),
                new BlockOption(BlockOption.SIZE, Kind.BYTES, false, "size of the file; a smaller file grows to it"),
                new BlockOption("create", Kind.FLAG, false, "create a missing or empty file, sparse, of that size"),
                new BlockOption(
                        "format",
                        Kind.TEXT,
                        false,
                        "raw: serve the file as raw even if it looks like qcow2 or another format"),
                new BlockOption("cache", Kind.TEXT, false, "writeback: the page cache; none: direct I/O"));
    }

    @Override
    public HintedBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        return new FileBackend(images.open(ImageSpec.of(drive, options, readOnly)), images);
    }

    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        images.check(ImageSpec.of(drive, options, readOnly));
    }
}
