namespace HomelabDashboard.Features.Terminals;

public enum CommandSource
{
    Terminal,
    Palette,
    Api,
}
