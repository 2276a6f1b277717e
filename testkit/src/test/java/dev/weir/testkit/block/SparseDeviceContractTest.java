package dev.weir.testkit.block;

import dev.weir.block.BlockDevice;

class SparseDeviceContractTest extends BlockDeviceContract {

    @Override
    protected BlockDevice openDevice(long size) {
        return new SparseDevice(size);
    }

    @Override
    protected boolean resizes() {
        return true;
    }

    /** A trim keeps the pages. */
    @Override
    protected boolean tellsHoles() {
        return false;
    }
}
