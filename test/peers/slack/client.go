// A small bot on slack-go, to drive the fake Slack with somebody else's reading of Slack's interfaces.
//
// It answers a command with a message that has a button, the button with a modal, and the modal with an edit of the message.
// What it saw goes to standard output, one word and its details in a line.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

type bot struct {
	api    *slack.Client
	socket *socketmode.Client
	// The message that the modal edits.
	channel, timestamp string
}

func main() {
	api := slack.New(os.Getenv("BOT_TOKEN"), slack.OptionAppLevelToken(os.Getenv("APP_TOKEN")), slack.OptionAPIURL(os.Getenv("API_URL")))
	b := &bot{api: api, socket: socketmode.New(api)}
	b.look()
	go b.listen()
	if err := b.socket.Run(); err != nil {
		log.Fatal(err)
	}
}

// look reads what a bot reads when it starts.
func (b *bot) look() {
	auth, err := b.api.AuthTest()
	must(err)
	fmt.Printf("auth %s %s %s\n", auth.TeamID, auth.UserID, auth.BotID)
	user, err := b.api.GetUserInfo("U0GUEST")
	must(err)
	fmt.Printf("user %s %s %t %t\n", user.ID, user.TeamID, user.IsRestricted, user.IsBot)
	channel, err := b.api.GetConversationInfo("C0OPS", false)
	must(err)
	fmt.Printf("channel %s %t %t\n", channel.ID, channel.IsMember, channel.IsArchived)
	_, _, err = b.api.PostMessage("C0NOWHERE", slack.MsgOptionText("x", false))
	fmt.Printf("error %v\n", err)
}

func (b *bot) listen() {
	for event := range b.socket.Events {
		switch event.Type {
		case socketmode.EventTypeHello:
			fmt.Println("hello")
		case socketmode.EventTypeSlashCommand:
			b.command(event)
		case socketmode.EventTypeInteractive:
			b.interact(event)
		}
	}
}

func (b *bot) command(event socketmode.Event) {
	command := event.Data.(slack.SlashCommand)
	fmt.Printf("command %s %s %s\n", command.Command, command.UserID, command.Text)
	b.socket.Ack(*event.Request, map[string]interface{}{"response_type": "ephemeral", "text": "taken"})
	channel, timestamp, err := b.api.PostMessage(command.ChannelID, slack.MsgOptionText("card", false), blocks("Approve"))
	must(err)
	b.channel, b.timestamp = channel, timestamp
	history, err := b.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: channel, Limit: 1})
	must(err)
	fmt.Printf("history %s %t %d\n", history.Messages[0].Text, history.Messages[0].Timestamp == timestamp, len(history.Messages[0].Blocks.BlockSet))
}

func (b *bot) interact(event socketmode.Event) {
	callback := event.Data.(slack.InteractionCallback)
	b.socket.Ack(*event.Request)
	switch callback.Type {
	case slack.InteractionTypeBlockActions:
		action := callback.ActionCallback.BlockActions[0]
		fmt.Printf("press %s %s %s\n", callback.User.ID, action.ActionID, action.Value)
		view, err := b.api.OpenView(callback.TriggerID, modal())
		must(err)
		fmt.Printf("view %t %s\n", view.View.ID != "", view.View.CallbackID)
		_, err = b.api.OpenView(callback.TriggerID, modal())
		fmt.Printf("again %v\n", err)
	case slack.InteractionTypeViewSubmission:
		fmt.Printf("submit %s %s\n", callback.View.CallbackID, callback.View.State.Values["name"]["name"].Value)
		_, _, text, err := b.api.UpdateMessage(b.channel, b.timestamp, slack.MsgOptionText("approved", false), blocks("Done"))
		must(err)
		fmt.Printf("update %s\n", text)
	}
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

func blocks(label string) slack.MsgOption {
	button := slack.NewButtonBlockElement("approve", "payload", plain(label))
	return slack.MsgOptionBlocks(slack.NewHeaderBlock(plain("Title")), slack.NewActionBlock("actions", button))
}

func modal() slack.ModalViewRequest {
	input := slack.NewInputBlock("name", plain("Name"), nil, slack.NewPlainTextInputBlockElement(nil, "name"))
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "form", Title: plain("Title"), Submit: plain("Send"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{input}},
	}
}

func must(err error) {
	if err != nil {
		fmt.Printf("failed %v\n", err)
		os.Exit(1)
	}
}
