using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class DemolitionTests
{
    private static readonly Places Work = new("work");
    private static readonly Demolition Demolition = new(Work, TimeProvider.System);

    private static readonly Undo[] WhatBearsTheName =
    [
        new DeleteNamespace("work-vpn"), new DeleteNamespace("work-app"), new RemoveTree("/etc/netns/work-vpn"), new RemoveTree("/etc/netns/work-app"),
    ];

    [Fact]
    public void Without_a_journal_whatever_bears_the_stacks_name_goes() =>
        Assert.Equal([new StopProcesses("work"), .. WhatBearsTheName, new RemoveTree("/run/culvert/work")], Demolition.Order([]));

    [Fact]
    public void Processes_go_first_and_the_journal_that_tells_the_rest_goes_last()
    {
        var order = Demolition.Order(Journalled(NamespacesPlan.Of(PlanInputs.Default))).ToList();
        Assert.Equal(new StopProcesses("work"), order[0]);
        Assert.Equal(new RemoveTree("/run/culvert/work"), order[^1]);
        Assert.Equal(order.Distinct(), order);
    }

    [Fact]
    public void However_early_up_was_cut_short_everything_it_had_begun_is_taken_back()
    {
        var steps = NamespacesPlan.Of(PlanInputs.Default);
        for (var begun = 0; begun <= steps.Length; begun++)
        {
            var order = Demolition.Order(Journalled(steps.Take(begun))).ToList();
            Assert.Superset(steps.Take(begun).Select(step => step.Undo).Where(undo => undo is not GoesWith).ToHashSet(), order.ToHashSet());
            Assert.Superset(WhatBearsTheName.ToHashSet(), order.ToHashSet());
        }
    }

    [Fact]
    public void A_directory_for_all_stacks_goes_after_what_this_one_put_into_it()
    {
        var order = Demolition.Order(Journalled(NamespacesPlan.Of(PlanInputs.Default))).ToList();
        Assert.True(order.IndexOf(new RemoveEmptyDirectory("/etc/netns")) > order.IndexOf(new RemoveTree("/etc/netns/work-vpn")));
        Assert.True(order.IndexOf(new RemoveEmptyDirectory("/etc/netns")) > order.IndexOf(new RemoveTree("/etc/netns/work-app")));
        Assert.True(order.IndexOf(new UnmountEmptyDirectory("/run/netns")) > order.IndexOf(new DeleteNamespace("work-vpn")));
        Assert.True(order.IndexOf(new UnmountEmptyDirectory("/run/netns")) > order.IndexOf(new DeleteNamespace("work-app")));
    }

    private static IEnumerable<Undo> Journalled(IEnumerable<PlanStep> steps) =>
        Journal.UndosOf([.. steps.Select(step => new JournalEntry($"{step.Do}", step.Undo))]);
}
