using System.Text.RegularExpressions;
using Culvert.Stack;
using Culvert.Stack.Keys;

namespace Culvert.Tests.Stack;

public sealed partial class StackTemplateTests
{
    private static readonly string Defaults = StackText.Of(StackLoader.Parse("culvert.yaml", "").Stack);

    private static string Template => StackTemplate.Render(".culvert/schema.json", new Dictionary<string, string>());

    [Fact]
    public void As_written_it_is_all_defaults() => AssertDefaults(Template);

    [Fact]
    public void With_every_default_uncommented_it_is_still_all_defaults()
    {
        var text = CommentedKey().Replace(Template, m => IsSecretOrUser(m.Groups["key"].Value) ? m.Value : m.Groups["indent"].Value + m.Groups["key"].Value + ":");

        Assert.Equal(3, CommentedKey().Count(text));
        AssertDefaults(text);
    }

    [Fact]
    public void It_names_every_key_and_the_schema()
    {
        Assert.StartsWith("# yaml-language-server: $schema=.culvert/schema.json\n", Template, StringComparison.Ordinal);
        foreach (var key in All(StackKeys.Root.Keys))
        {
            Assert.Matches($@"(?m)^\s*#?{key.Name}:", Template);
        }
    }

    [Fact]
    public void A_chosen_value_is_written_uncommented()
    {
        var text = StackTemplate.Render("s.json", new Dictionary<string, string> { ["vpn.locations"] = "[Frankfurt, \"St. Gallen\"]" });
        Assert.Equal(["Frankfurt", "St. Gallen"], StackLoader.Parse("culvert.yaml", text).Stack!.Vpn.Locations.Select(l => l.Name));
    }

    private static IEnumerable<Key> All(IEnumerable<Key> keys) => keys.SelectMany(k => All(k.Shape.Keys).Prepend(k));

    private static bool IsSecretOrUser(string key) => key is "user" or "password_file" or "webhook";

    private static void AssertDefaults(string text)
    {
        var load = StackLoader.Parse("culvert.yaml", text);
        Assert.Empty(load.Findings);
        Assert.Equal(Defaults, StackText.Of(load.Stack));
    }

    [GeneratedRegex(@"(?m)^(?<indent> *)#(?<key>[a-z_]+):")]
    private static partial Regex CommentedKey();
}
