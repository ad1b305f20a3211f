using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary><c>true</c> or <c>false</c>, as YAML 1.2 has them: <c>yes</c> and <c>on</c> are text.</summary>
internal sealed class FlagShape : Shape<bool>
{
    public override bool TryRead(Node node, Place place, out bool value)
    {
        value = node is ScalarNode { Plain: true, Text: "true" };
        return value
            || node is ScalarNode { Plain: true, Text: "false" }
            || place.RefuseKind(node, "true or false", "write true or false without quotes");
    }

    public override JsonObject ToJsonSchema() => new() { ["type"] = "boolean" };
}

/// <summary>A whole number between two others.</summary>
internal sealed class NumberShape(int minimum, int maximum) : Shape<int>
{
    public override bool TryRead(Node node, Place place, out int value)
    {
        value = 0;
        if (node is not ScalarNode { Plain: true, IsNothing: false } scalar)
        {
            return place.RefuseKind(node, "a number", $"write a number from {minimum} to {maximum}");
        }

        return (int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= minimum && value <= maximum)
            || place.Refuse(node, $"{place.Name} is {Quoted.Of(scalar.Text)}", $"it should be a whole number from {minimum} to {maximum}", "write one of those");
    }

    public override JsonObject ToJsonSchema() => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
}
