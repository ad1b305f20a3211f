namespace Culvert.Verification;

/// <summary>
/// What the guard ought to be: the text that nft is given, and every difference between that plan and a listing of a
/// whole ruleset (<c>nft --stateless list ruleset</c>) as a sentence.
/// </summary>
internal sealed record GuardExpectation(string Ruleset, Func<string, IReadOnlyList<string>> Differences);
