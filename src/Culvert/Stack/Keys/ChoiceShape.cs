using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>One of a few words.</summary>
internal sealed class ChoiceShape<T>(params (string Word, T Value)[] choices) : Shape<T>
{
    private readonly string[] words = [.. choices.Select(c => c.Word)];

    /// <summary>What else may stand here, where a <see cref="EitherShape{T}"/> says so: "a list of domains".</summary>
    public string? Otherwise { get; init; }

    private string[] All => Otherwise is null ? words : [.. words, Otherwise];

    public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return place.RefuseKind(node, $"one of {Words.List(All)}", $"write {Words.Either(All)}");
        }

        foreach (var (word, meaning) in choices)
        {
            if (word == scalar.Text)
            {
                value = meaning;
                return true;
            }
        }

        var fix = Spelling.Nearest(scalar.Text, words) is { } near ? $"did you mean {near}?" : $"write {Words.Either(All)}";
        return place.Refuse(node, $"{place.Name} is {Quoted.Of(scalar.Text)}", $"only {Words.List(All)} are known", fix);
    }

    public override JsonObject ToJsonSchema() => new() { ["enum"] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]) };
}
