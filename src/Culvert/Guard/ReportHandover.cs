using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// The way of namespace.json: withdrawn when hold starts, laid ready when the guard stands, published by the process that
/// has proved to hold no privilege. Roles that wait for it therefore never start on a namespace that is half made, and the
/// tunnel role, which puts back a carrier's route that is gone, does not do so while another hold takes that route away.
/// </summary>
internal sealed class ReportHandover(RunDirectory run)
{
    private readonly string _published = run.NamespaceReport;
    private readonly string _earlier = run.NamespaceReport + ".earlier";
    private readonly string _ready = run.NamespaceReport + ".ready";

    /// <summary>Takes back what an earlier hold published, and returns it: it knows the gateway of a route that is gone.</summary>
    public NamespaceReport? Withdraw()
    {
        if (File.Exists(_published))
        {
            File.Move(_published, _earlier, overwrite: true);
        }

        return ReportFile.ReadNamespace(_earlier);
    }

    public NamespaceReport? Published() => ReportFile.ReadNamespace(_published);

    /// <summary>What <see cref="Withdraw"/> took back holds after all.</summary>
    public void PutBack() => File.Move(_earlier, _published, overwrite: true);

    public void LayReady(NamespaceReport report) => ReportFile.Write(_ready, report);

    public void Publish() => File.Move(_ready, _published, overwrite: true);
}
