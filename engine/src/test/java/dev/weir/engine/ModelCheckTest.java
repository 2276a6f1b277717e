package dev.weir.engine;

import dev.weir.engine.throttle.BlockQueue;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.engine.throttle.Throttle;
import dev.weir.engine.throttle.ThrottleDomain;
import dev.weir.engine.throttle.TreeNode;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Model check of each pair of queue operations in many interleavings. The drives are idle, held by a limit each or
 * held by the limit of their group. Lincheck explores the interleavings within a budget. {@code
 * -Dmodelcheck.orders=N} raises it. See {@code docs/design/decisions/023-model-checking.md}.
 */
class ModelCheckTest {
    private static final int ORDERS = Integer.getInteger("modelcheck.orders", 50);

    /** Classes with thread switches, including nested ones. Other classes are used only under their locks. */
    private static final List<String> MET = Stream.of(
                    MeetingThreads.class,
                    OpenDrive.class,
                    Throttle.class,
                    ThrottleDomain.class,
                    TreeNode.class,
                    GroupNode.class,
                    BlockQueue.class)
            .map(Class::getName)
            .toList();

    private static final List<Method> OPERATIONS = Arrays.stream(MeetingThreads.class.getMethods())
            .filter(method -> method.isAnnotationPresent(Operation.class))
            .sorted(Comparator.comparing(Method::getName))
            .toList();

    private static Actor actor(Method method) {
        return new Actor(method, List.of(), false, false, false, false, false);
    }

    private static Actor actor(String name) {
        return OPERATIONS.stream()
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .map(ModelCheckTest::actor)
                .orElseThrow();
    }

    @Test
    void noInterleavingLosesARequest() throws NoSuchMethodException {
        Actor validation = actor(MeetingThreads.class.getMethod("noRequestIsLostOrStranded"));
        ModelCheckingOptions options = new ModelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(ORDERS)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                name -> MET.stream().noneMatch(name::startsWith))
                        .allMethods()
                        .ignore());
        List<List<Actor>> starts = Stream.of(
                        List.<String>of(),
                        List.of("submitFirst", "submitSecond"),
                        List.of("move", "refillFirst", "refillSecond", "submitFirst", "submitSecond"))
                .map(names -> names.stream().map(ModelCheckTest::actor).toList())
                .toList();
        for (List<Actor> start : starts) {
            for (int a = 0; a < OPERATIONS.size(); a++) {
                for (int b = a; b < OPERATIONS.size(); b++) {
                    List<List<Actor>> meeting =
                            List.of(List.of(actor(OPERATIONS.get(a))), List.of(actor(OPERATIONS.get(b))));
                    options = options.addCustomScenario(new ExecutionScenario(start, meeting, List.of(), validation));
                }
            }
        }
        options.check(MeetingThreads.class);
    }
}
