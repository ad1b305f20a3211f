namespace Culvert.Tunnel;

/// <summary>Random numbers whose whole state is one number that the machine remembers: a step stays pure.</summary>
internal static class Dice
{
    /// <summary>Marsaglia's xorshift32: any non-zero state, period 2^32 - 1.</summary>
    public static uint Roll(uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }

    /// <summary>From 0 to 1.</summary>
    public static double Fraction(uint state) => (double)state / uint.MaxValue;
}
