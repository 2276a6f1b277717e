package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.junit.WeirDrive;
import dev.weir.throttle.LimitKey;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A drive with the limits of a cloud volume; docs/guides/junit.md quotes this test. */
class CloudVolumeTest {
    @RegisterExtension
    final WeirDrive volume = WeirDrive.profile("ebs-gp2", 100 * WeirDrive.GIB);

    @Test
    void largerVolumeIsFaster() throws IOException {
        assertEquals(300, volume.snapshot().limits().rate(LimitKey.IOPS));
        volume.resize(500 * WeirDrive.GIB);
        assertEquals(1_500, volume.snapshot().limits().rate(LimitKey.IOPS));
        assertEquals(500 * WeirDrive.GIB, volume.channel().size());
    }
}
