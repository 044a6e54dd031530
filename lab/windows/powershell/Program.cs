// powershell.exe of the lab's Windows hosts: the real engine (parser, language, .NET) behind the few options that Zapas gives it.
// Whatever it does not know it refuses; so does the one stand-in for a cmdlet that only Windows has.
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using Lab;

string? script = null;
var words = new Queue<string>(args);
while (words.TryDequeue(out var word))
{
    switch (word.ToLowerInvariant())
    {
        case "-nologo" or "-noprofile" or "-noninteractive":
            break;
        case "-executionpolicy" or "-inputformat" or "-outputformat":
            words.Dequeue();
            break;
        case "-encodedcommand":
            script = Encoding.Unicode.GetString(Convert.FromBase64String(words.Dequeue()));
            break;
        default:
            Console.Error.WriteLine($"the lab's PowerShell has no option {word}");
            return 64;
    }
}
if (script is null)
{
    Console.Error.WriteLine("the lab's PowerShell is never interactive");
    return 64;
}
var state = InitialSessionState.CreateDefault2();
state.Commands.Add(new SessionStateCmdletEntry("Invoke-CimMethod", typeof(InvokeCimMethod), null));
using var runspace = RunspaceFactory.CreateRunspace(state);
runspace.Open();
using var shell = PowerShell.Create(runspace);
try
{
    foreach (var value in shell.AddScript(script).Invoke()) Console.Out.WriteLine(value);
    foreach (var error in shell.Streams.Error) Console.Error.WriteLine(error);
    return shell.HadErrors ? 1 : 0;
}
catch (RuntimeException error)
{
    Console.Error.WriteLine(error.ErrorRecord);
    return 1;
}
