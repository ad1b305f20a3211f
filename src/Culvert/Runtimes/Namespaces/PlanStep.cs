namespace Culvert.Runtimes.Namespaces;

/// <summary>A deed and how it is taken back. Undoing is safe when the deed never happened or was taken back before.</summary>
internal sealed record PlanStep(Deed Do, Undo Undo);
