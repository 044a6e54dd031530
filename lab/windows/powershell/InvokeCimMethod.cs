using System.Collections;
using System.ComponentModel;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Text;

namespace Lab;

/// <summary>
/// Stands in for the cmdlet of Windows' module CimCmdlets: Win32_Process.Create and nothing else. As with WMI the process inherits
/// nothing of the caller, and outlives it.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "CimMethod")]
public sealed class InvokeCimMethod : PSCmdlet
{
    private const uint DetachedProcess = 8;
    private const uint NewProcessGroup = 0x200;

    [Parameter(Mandatory = true)] public string ClassName { get; set; } = "";
    [Parameter(Mandatory = true)] public string MethodName { get; set; } = "";
    [Parameter(Mandatory = true)] public Hashtable Arguments { get; set; } = [];

    protected override void EndProcessing()
    {
        if (ClassName != "Win32_Process" || MethodName != "Create" || Arguments.Count != 1 || Arguments["CommandLine"] is not { } line)
            throw new PSNotSupportedException("the lab knows Win32_Process.Create with a CommandLine only");
        var startup = new StartupInfo { Size = Marshal.SizeOf<StartupInfo>() };
        var text = new StringBuilder(line.ToString());
        if (!CreateProcess(null, text, 0, 0, false, DetachedProcess | NewProcessGroup, 0, @"C:\windows\system32", ref startup, out var made))
            throw new Win32Exception();
        CloseHandle(made.Thread);
        CloseHandle(made.Process);
        var answer = new PSObject();
        answer.Properties.Add(new PSNoteProperty("ReturnValue", 0u));
        answer.Properties.Add(new PSNoteProperty("ProcessId", made.ProcessId));
        WriteObject(answer);
    }

    [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
    private struct StartupInfo
    {
        public int Size;
        public string? Reserved, Desktop, Title;
        public int X, Y, Width, Height, Columns, Rows, Fill, Flags;
        public short Show, Reserved2Size;
        public nint Reserved2, Input, Output, Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ProcessInformation
    {
        public nint Process, Thread;
        public uint ProcessId, ThreadId;
    }

    [DllImport("kernel32.dll", EntryPoint = "CreateProcessW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern bool CreateProcess(
        string? application, StringBuilder line, nint processRights, nint threadRights, bool inherit, uint flags, nint environment,
        string? directory, ref StartupInfo startup, out ProcessInformation made);

    [DllImport("kernel32.dll")]
    private static extern bool CloseHandle(nint handle);
}
