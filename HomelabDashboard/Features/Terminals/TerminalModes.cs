using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// The switches of a terminal that outlive the bytes which set them. A replay that begins after those bytes sets them again.
/// </summary>
/// <param name="Changed">One bit for each of the known DEC private modes that is not as it is at the start.</param>
/// <param name="Keypad">Application keypad (<c>ESC =</c>).</param>
public readonly record struct TerminalModes(uint Changed, bool Keypad)
{
    // Application cursor keys, origin, wrap, cursor, alternate screens, mouse and its encodings, focus, bracketed paste.
    private static readonly int[] Known = [1, 6, 7, 25, 47, 1047, 1049, 9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004];
    private static readonly uint OnAtStart = Bit(7) | Bit(25);
    private static readonly uint SoftReset = Bit(1) | Bit(6) | Bit(7) | Bit(25);

    public bool AlternateScreen => (Changed & (Bit(47) | Bit(1047) | Bit(1049))) != 0;

    /// <summary>Whether the program takes what is pasted as one piece.</summary>
    public bool BracketedPaste => (Changed & Bit(2004)) != 0;

    public TerminalModes With(int mode, bool on)
    {
        var bit = Bit(mode);
        return on == ((OnAtStart & bit) != 0) ? this with { Changed = Changed & ~bit } : this with { Changed = Changed | bit };
    }

    /// <summary>After <c>CSI ! p</c>.</summary>
    public TerminalModes AfterSoftReset() => new(Changed & ~SoftReset, Keypad: false);

    /// <summary>The escape sequences that bring a fresh terminal into these modes.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        foreach (var mode in Known.Where(IsChanged))
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[?{mode}{((OnAtStart & Bit(mode)) != 0 ? 'l' : 'h')}");
        }

        if (Keypad)
        {
            text.Append("\e=");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private bool IsChanged(int mode) => (Changed & Bit(mode)) != 0;

    private static uint Bit(int mode)
    {
        var index = Array.IndexOf(Known, mode);
        return index < 0 ? 0 : 1u << index;
    }
}
